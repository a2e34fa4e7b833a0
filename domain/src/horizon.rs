//! How far ahead anything may be planned.

use chrono::TimeDelta;

/// Two years. No country promises the rules of its clock for longer, and a visit farther ahead
/// is a slip of the hand.
pub(crate) const FURTHEST_AHEAD: TimeDelta = TimeDelta::days(2 * 366);
