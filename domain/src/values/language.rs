//! The languages in which people are written to.

use super::names::names;

names! {
    /// A language, by its ISO 639-1 code.
    pub enum Language or UnknownLanguage {
        /// English, `en`.
        English = "en",
        /// Hindi, `hi`.
        Hindi = "hi",
        /// Punjabi in Gurmukhi script, `pa`.
        Punjabi = "pa",
    }
}
