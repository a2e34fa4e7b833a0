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
    },
}

impl Extent {
    /// What a row must fulfil, where it has column `hospital` and perhaps one that says when it
    /// took place; no period counts for rows that don't say it.
    pub(crate) fn condition(&self, took_place: Option<&'static str>) -> Condition {
        let Self::Parts { hospitals, periods } = self else {
            return Condition::all();
        };
        let mut parts = Condition::any().add(Expr::cust("false"));
        for hospital in hospitals {
            parts = parts.add(Expr::col("hospital").eq(hospital.uuid()));
        }
        if let Some(column) = took_place {
            for (from, to) in periods {
                parts = parts.add(Expr::col(column).between(*from, *to));
            }
        }
        parts
    }
}
