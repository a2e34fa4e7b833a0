//! How content a patient was.

use super::numbers::number;

number! {
    /// A number of stars, from 1 (poor) to 5 (very good).
    pub struct Rating(u8) in 1..=5 or NotARating;
}
