//! Erasure: how a person's data comes to be erased, category by category, by destroying the keys
//! that it is sealed under.
//!
//! requested → held (by law or by a court, until) → scheduled (not before) → begun → shredded →
//! certified. Until a category is begun the person can withdraw and a legal hold can stop it;
//! from then on nothing can, because nobody could tell whether the key is still there.

mod commands;
mod events;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use commands::{Begin, Certify, ErasureCommand, RecordShredding, Request};
pub use events::{
    Begun, Certified, ErasureEvent, Held, HoldLifted, Requested, Scheduled, Shredded, Withdrawn,
};

use crate::aggregate::Decider;
use crate::event::Category;
use crate::ids::{ErasureId, SubjectId};
use crate::legal_hold::Basis;
use crate::retention::Retention;

crate::problems! {
    /// Why an erasure refuses.
    pub enum ErasureError {
        /// Its id is in use, or another one of the same person is under way.
        AlreadyRequested: Conflict "erasure-already-requested",
            "an erasure of this person's data is under way already", "Follow that one, or withdraw it first.";
        /// It was never asked for.
        NoSuchErasure: NotFound "no-such-erasure",
            "there is no such erasure", "Check the erasure's id.";
        /// Withdrawn, or all done.
        Closed: Conflict "erasure-closed",
            "the erasure was withdrawn or is complete", "Ask for a new one if there is anything left to erase.";
        /// A key may be gone by now.
        UnderWay: Conflict "erasure-under-way",
            "something of the data is already erased", "What is erased can't be brought back.";
        /// There is nothing left that it could stop.
        NothingLeft: Conflict "nothing-left-to-hold",
            "everything is erased or being erased", "What is erased can't be brought back.";
        /// Once is enough.
        AlreadyHeld: Conflict "erasure-already-held",
            "the erasure is held already", "Release it first.";
        /// Nothing is in its way.
        NotHeld: Conflict "erasure-not-held",
            "the erasure is not held", "Nothing needs to be done.";
        /// It may still be withdrawn, or the law asks for the data.
        NotDue: Conflict "erasure-not-due",
            "it is too early to erase this", "Wait until its time has come.";
        /// First a key is destroyed, then that is written down.
        NotBegun: Conflict "erasure-not-begun",
            "the erasure of this category has not begun", "Begin it first.";
        /// Certificates are of what was done.
        NothingToCertify: Conflict "nothing-to-certify",
            "nothing was erased that is not certified", "Erase something first.";
        /// Who gives care answers for it by name.
        GivesCare: Conflict "erasure-of-caregiver",
            "who gives care answers for it in the records of patients", "Disable the account instead.";
    }
}

/// How far a category is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It waits for its time.
    Scheduled,
    /// Its key is being destroyed.
    Begun,
    /// Its key is destroyed.
    Shredded,
    /// And a checkpoint covers that.
    Certified,
}

/// What is to become of a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// How far it is.
    pub stage: Stage,
    /// When it may begin.
    pub not_before: DateTime<Utc>,
}

/// The state of an erasure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Erasure {
    /// The erasure, once asked for.
    pub erasure: Option<ErasureId>,
    /// Whose data it is.
    pub person: Option<SubjectId>,
    /// What becomes of each category.
    pub plans: BTreeMap<Category, Plan>,
    /// The legal hold that stops it.
    pub legal_hold: Option<Basis>,
    /// Whether it was given up.
    pub withdrawn: bool,
}

impl Erasure {
    /// The erasure.
    ///
    /// # Errors
    /// [`ErasureError::NoSuchErasure`] before it was asked for.
    pub fn known(&self) -> Result<(ErasureId, SubjectId), ErasureError> {
        let known = self.erasure.zip(self.person);
        known.ok_or(ErasureError::NoSuchErasure)
    }

    /// Whether it was withdrawn or has nothing left to do.
    pub fn is_closed(&self) -> bool {
        let certified = |plan: &Plan| plan.stage == Stage::Certified;
        self.withdrawn || (self.erasure.is_some() && self.plans.values().all(certified))
    }

    /// The categories that are this far.
    pub fn at(&self, stage: Stage) -> impl Iterator<Item = Category> {
        let there = self
            .plans
            .iter()
            .filter(move |(_, plan)| plan.stage == stage);
        there.map(|(category, _)| *category)
    }

    fn open(&self) -> Result<(ErasureId, SubjectId), ErasureError> {
        let known = self.known()?;
        if self.is_closed() {
            return Err(ErasureError::Closed);
        }
        Ok(known)
    }

    fn request(
        &self,
        request: Request,
        now: DateTime<Utc>,
    ) -> Result<Vec<ErasureEvent>, ErasureError> {
        if self.erasure.is_some() {
            return Err(ErasureError::AlreadyRequested);
        }
        let Request {
            erasure,
            person,
            reason,
            grace,
            kept,
            legal_hold,
        } = request;
        let asked = Requested {
            erasure,
            person,
            reason,
        };
        let mut events = vec![asked.into()];
        events.extend(legal_hold.map(|basis| stopped(erasure, basis).into()));
        let withdrawable = now + grace;
        for category in Category::ALL {
            let mut not_before = withdrawable;
            if let Some(kept) = kept.get(&category).filter(|kept| kept.until > now) {
                not_before = not_before.max(kept.until);
                events.push(retained(erasure, category, kept).into());
            }
            events.push(
                Scheduled {
                    erasure,
                    category,
                    not_before,
                }
                .into(),
            );
        }
        Ok(events)
    }

    fn hold(&self, basis: Basis, now: DateTime<Utc>) -> Result<Held, ErasureError> {
        let (erasure, _) = self.open()?;
        if self.at(Stage::Scheduled).next().is_none() {
            return Err(ErasureError::NothingLeft);
        }
        if self.legal_hold.as_ref().is_some_and(|held| held.holds(now)) {
            return Err(ErasureError::AlreadyHeld);
        }
        Ok(stopped(erasure, basis))
    }

    fn lift_hold(&self) -> Result<HoldLifted, ErasureError> {
        let (erasure, _) = self.open()?;
        let held = self.legal_hold.is_some();
        held.then_some(HoldLifted { erasure })
            .ok_or(ErasureError::NotHeld)
    }

    fn withdraw(&self) -> Result<Withdrawn, ErasureError> {
        let (erasure, _) = self.open()?;
        if self
            .plans
            .values()
            .any(|plan| plan.stage > Stage::Scheduled)
        {
            return Err(ErasureError::UnderWay);
        }
        Ok(Withdrawn { erasure })
    }

    /// Begins a category, or says what is in the way of it by now. A repeat changes nothing.
    fn begin(&self, begin: Begin, now: DateTime<Utc>) -> Result<Vec<ErasureEvent>, ErasureError> {
        let (erasure, person) = self.open()?;
        let Begin {
            category,
            kept,
            legal_hold,
        } = begin;
        let plan = self.plans.get(&category).ok_or(ErasureError::NotDue)?;
        if plan.stage > Stage::Scheduled {
            return Ok(Vec::new());
        }
        let legal_hold = legal_hold.filter(|basis| basis.holds(now));
        if let Some(basis) = legal_hold {
            let known = self.legal_hold.as_ref() == Some(&basis);
            let held = (!known).then(|| stopped(erasure, basis).into());
            return Ok(held.into_iter().collect());
        }
        let over = self.legal_hold.is_some().then_some(HoldLifted { erasure });
        let mut events: Vec<ErasureEvent> = over.into_iter().map(Into::into).collect();
        // Used again meanwhile: the law counts from there.
        if let Some(kept) = kept.filter(|kept| kept.until > now && kept.until > plan.not_before) {
            events.push(retained(erasure, category, &kept).into());
            let not_before = kept.until;
            events.push(
                Scheduled {
                    erasure,
                    category,
                    not_before,
                }
                .into(),
            );
            return Ok(events);
        }
        if now < plan.not_before {
            return Err(ErasureError::NotDue);
        }
        events.push(
            Begun {
                erasure,
                person,
                category,
            }
            .into(),
        );
        Ok(events)
    }

    fn record(&self, record: RecordShredding) -> Result<Option<Shredded>, ErasureError> {
        let (erasure, person) = self.known()?;
        let RecordShredding {
            category,
            tombstone,
            at,
        } = record;
        match self.plans.get(&category).map(|plan| plan.stage) {
            None | Some(Stage::Scheduled) => Err(ErasureError::NotBegun),
            Some(Stage::Begun) => Ok(Some(Shredded {
                erasure,
                person,
                category,
                tombstone,
                at,
            })),
            Some(Stage::Shredded | Stage::Certified) => Ok(None),
        }
    }

    fn certify(&self, certify: Certify) -> Result<Certified, ErasureError> {
        let (erasure, _) = self.known()?;
        let categories: Vec<Category> = self.at(Stage::Shredded).collect();
        if categories.is_empty() {
            return Err(ErasureError::NothingToCertify);
        }
        let Certify {
            certificate,
            tree_size,
            root,
        } = certify;
        let complete = self
            .plans
            .values()
            .all(|plan| plan.stage >= Stage::Shredded);
        Ok(Certified {
            erasure,
            certificate,
            categories,
            tree_size,
            root,
            complete,
        })
    }

    fn advance(&mut self, category: Category, stage: Stage) {
        if let Some(plan) = self.plans.get_mut(&category) {
            plan.stage = plan.stage.max(stage);
        }
    }
}

/// A legal hold, as the erasure's own stream tells of it.
fn stopped(erasure: ErasureId, basis: Basis) -> Held {
    Held {
        erasure,
        category: None,
        basis: basis.basis,
        rule: None,
        rules_version: None,
        until: basis.until,
    }
}

fn retained(erasure: ErasureId, category: Category, kept: &Retention) -> Held {
    Held {
        erasure,
        category: Some(category),
        basis: kept.basis.clone(),
        rule: Some(kept.rule.clone()),
        rules_version: Some(kept.rules_version),
        until: Some(kept.until),
    }
}

impl Decider for Erasure {
    const CATEGORY: &'static str = "erasure";

    type Id = ErasureId;
    type Command = ErasureCommand;
    type Event = ErasureEvent;
    type Error = ErasureError;

    fn decide(
        &self,
        command: ErasureCommand,
        now: DateTime<Utc>,
    ) -> Result<Vec<ErasureEvent>, ErasureError> {
        Ok(match command {
            ErasureCommand::Request(request) => self.request(request, now)?,
            ErasureCommand::Hold(basis) => vec![self.hold(basis, now)?.into()],
            ErasureCommand::LiftHold => vec![self.lift_hold()?.into()],
            ErasureCommand::Withdraw => vec![self.withdraw()?.into()],
            ErasureCommand::Begin(begin) => self.begin(begin, now)?,
            ErasureCommand::RecordShredding(record) => {
                self.record(record)?.map(Into::into).into_iter().collect()
            }
            ErasureCommand::Certify(certify) => vec![self.certify(certify)?.into()],
        })
    }

    fn evolve(&mut self, event: &ErasureEvent) {
        match event {
            ErasureEvent::Requested(requested) => {
                self.erasure = Some(requested.erasure);
                self.person = Some(requested.person);
            }
            ErasureEvent::Held(held) if held.category.is_none() => {
                self.legal_hold = Some(Basis {
                    basis: held.basis.clone(),
                    until: held.until,
                });
            }
            // The plan that follows says what comes of it.
            ErasureEvent::Held(_) => {}
            ErasureEvent::HoldLifted(_) => self.legal_hold = None,
            ErasureEvent::Scheduled(scheduled) => {
                let plan = Plan {
                    stage: Stage::Scheduled,
                    not_before: scheduled.not_before,
                };
                let plan = self.plans.entry(scheduled.category).or_insert(plan);
                plan.not_before = scheduled.not_before;
            }
            ErasureEvent::Withdrawn(_) => self.withdrawn = true,
            ErasureEvent::Begun(begun) => self.advance(begun.category, Stage::Begun),
            ErasureEvent::Shredded(shredded) => self.advance(shredded.category, Stage::Shredded),
            ErasureEvent::Certified(certified) => {
                for category in &certified.categories {
                    self.advance(*category, Stage::Certified);
                }
            }
        }
    }

    /// None: it outlives every key of the person, so a snapshot of it must not be sealed under
    /// one. Its events are in clear.
    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

crate::aggregate!(Erasure);

#[cfg(test)]
mod tests;
