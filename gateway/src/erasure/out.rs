//! How an erasure is shown.

use chrono::{DateTime, Utc};
use medilink_domain::erasure::Stage;
use medilink_domain::retention::RetentionRules;
use medilink_projections::erasure::{ErasureRow, Kept, Part};
use poem_openapi::Object;
use uuid::Uuid;

/// An erasure.
#[derive(Object)]
pub struct ErasureOut {
    /// The erasure.
    id: Uuid,
    /// Whose data it is.
    person: Uuid,
    /// Why it was asked for.
    reason: String,
    /// When it was asked for.
    requested_at: DateTime<Utc>,
    /// Where it stands: `scheduled`, `held`, `under_way`, `withdrawn` or `complete`.
    state: String,
    /// What becomes of each category of data.
    categories: Vec<ErasedCategoryOut>,
    /// The legal hold that stops it.
    #[oai(skip_serializing_if_is_none)]
    legal_hold: Option<LegalHoldOut>,
    /// What is not erased, because it names nobody.
    stays: Vec<StaysOut>,
    /// Its certificates, the first first. The last is the one that is shown.
    certificates: Vec<Uuid>,
    /// For `If-Match`.
    version: u64,
}

/// Some erasures.
#[derive(Object)]
pub struct ErasuresOut {
    /// The latest first.
    pub items: Vec<ErasureOut>,
    /// The `after` of the next page; absent on the last.
    #[oai(skip_serializing_if_is_none)]
    pub next: Option<String>,
}

/// A category of data.
#[derive(Object)]
pub struct ErasedCategoryOut {
    /// `identity`, `clinical`, `conversation` or `billing`.
    category: String,
    /// `scheduled`, `begun`, `shredded` (its key is destroyed) or `certified`.
    stage: String,
    /// It is not erased before this.
    not_before: DateTime<Utc>,
    /// The law that keeps it until then.
    #[oai(skip_serializing_if_is_none)]
    kept: Option<KeptOut>,
    /// When its key was destroyed.
    #[oai(skip_serializing_if_is_none)]
    erased_at: Option<DateTime<Utc>>,
}

/// Why something is kept.
#[derive(Object)]
pub struct KeptOut {
    /// The law, as a code.
    basis: String,
    /// The rule.
    rule: String,
    /// The version of the rules.
    rules_version: u32,
    /// Until when.
    #[oai(skip_serializing_if_is_none)]
    until: Option<DateTime<Utc>>,
    /// Why, in plain words. Absent when the rules have changed since.
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
    /// The law and its section. Absent when the rules have changed since.
    #[oai(skip_serializing_if_is_none)]
    source: Option<String>,
}

/// A legal hold.
#[derive(Object)]
pub struct LegalHoldOut {
    /// Why, as a code.
    basis: String,
    /// Until when; until it is released, if absent.
    #[oai(skip_serializing_if_is_none)]
    until: Option<DateTime<Utc>>,
}

/// What is not erased.
#[derive(Object)]
pub struct StaysOut {
    /// The rule.
    rule: String,
    /// Why, in plain words.
    reason: String,
    /// The law and its section.
    source: String,
}

impl ErasureOut {
    pub(super) fn of(row: ErasureRow, rules: &RetentionRules) -> Self {
        let categories = row.parts.0.into_iter();
        let certificates = row.certificates.0.iter();
        let stays = rules.of_the_log().map(|rule| StaysOut {
            rule: rule.id.to_string(),
            reason: rule.reason.clone(),
            source: rule.source.clone(),
        });
        Self {
            id: row.erasure.uuid(),
            person: row.person.uuid(),
            reason: row.reason.to_string(),
            requested_at: row.requested_at,
            state: row.state.name().to_owned(),
            categories: categories
                .map(|part| ErasedCategoryOut::of(part, rules))
                .collect(),
            legal_hold: row.legal_hold.0.map(|hold| LegalHoldOut {
                basis: hold.basis.to_string(),
                until: hold.until,
            }),
            stays: stays.collect(),
            certificates: certificates.map(|one| one.certificate).collect(),
            version: row.version,
        }
    }
}

impl ErasedCategoryOut {
    fn of(part: Part, rules: &RetentionRules) -> Self {
        Self {
            category: part.category.name().to_owned(),
            stage: match part.stage {
                Stage::Scheduled => "scheduled",
                Stage::Begun => "begun",
                Stage::Shredded => "shredded",
                Stage::Certified => "certified",
            }
            .to_owned(),
            not_before: part.not_before,
            kept: part.kept.and_then(|kept| KeptOut::of(&kept, rules)),
            erased_at: part.gone.map(|gone| gone.at),
        }
    }
}

impl KeptOut {
    fn of(kept: &Kept, rules: &RetentionRules) -> Option<Self> {
        let (rule, rules_version) = (kept.rule.as_ref()?, kept.rules_version?);
        // The words of another version may say something else.
        let words = rules.rule(rule).filter(|_| rules.version == rules_version);
        Some(Self {
            basis: kept.basis.to_string(),
            rule: rule.to_string(),
            rules_version,
            until: kept.until,
            reason: words.map(|rule| rule.reason.clone()),
            source: words.map(|rule| rule.source.clone()),
        })
    }
}
