//! How much of a list its reader may see.

use chrono::{DateTime, Utc};
use medilink_domain::HospitalId;
use sea_query::{Condition, Expr, ExprTrait};

/// The part of a person's rows that may be shown. What is outside of it is not counted either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of them.
    Whole,
    /// Those at one of these hospitals, or that took place in one of these periods.
    Parts {
        /// The hospitals.
        hospitals: Vec<HospitalId>,
        /// The periods, both ends included.
        periods: Vec<(DateTime<Utc>, DateTime<Utc>)>,
        /// The hospitals at which those periods count; everywhere, if none is named.
        periods_at: Option<Vec<HospitalId>>,
    },
}

impl Extent {
    /// What a row must fulfil, where it has column `hospital` and perhaps one that says when it
    /// took place; no period counts for rows that don't say it.
    pub(crate) fn condition(&self, took_place: Option<&'static str>) -> Condition {
        let Self::Parts {
            hospitals,
            periods,
            periods_at,
        } = self
        else {
            return Condition::all();
        };
        let place = |hospital: &HospitalId| Expr::col("hospital").eq(hospital.uuid());
        let there = periods_at.as_ref().map(|places| {
            let nowhere = Condition::any().add(Expr::cust("false"));
            places.iter().map(place).fold(nowhere, Condition::add)
        });
        let mut parts = Condition::any().add(Expr::cust("false"));
        for hospital in hospitals {
            parts = parts.add(place(hospital));
        }
        if let Some(column) = took_place {
            for (from, to) in periods {
                let then = Condition::all().add(Expr::col(column).between(*from, *to));
                let then = there.iter().cloned().fold(then, Condition::add);
                parts = parts.add(then);
            }
        }
        parts
    }
}
