//! The language that a reader is answered in.

use medilink_domain::values::Language;

use crate::wire::LanguageCode;

/// The language that a reader names, or else the one that their program asks for in
/// `Accept-Language`, if it is one of ours.
pub fn preferred(named: Option<LanguageCode>, accept: Option<&str>) -> Option<Language> {
    named.map(Into::into).or_else(|| accepted(accept?))
}

/// The first of the best that we have. What can't be read is not there.
fn accepted(header: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let weight = match parts.next() {
            None => 1.0,
            Some(weight) => weight
                .strip_prefix("q=")
                .and_then(|weight| weight.parse::<f32>().ok())
                .filter(|weight| (0.0..=1.0).contains(weight))
                .unwrap_or_default(),
        };
        let primary = tag.split('-').next().unwrap_or_default();
        let Ok(language) = primary.to_ascii_lowercase().parse() else {
            continue;
        };
        if weight > best.map_or(0.0, |(weight, _)| weight) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_answered_in_the_best_language_that_there_is() {
        for (header, expected) in [
            ("hi", Some(Language::Hindi)),
            ("pa-IN, en;q=0.8", Some(Language::Punjabi)),
            ("fr, en;q=0.5, HI-Deva ; q=0.7", Some(Language::Hindi)),
            ("en;q=0.5, hi;q=0.5", Some(Language::English)),
            ("en;q=0, pa;q=0.1", Some(Language::Punjabi)),
            ("en;q=7, pa;q=0.1", Some(Language::Punjabi)),
            ("fr, *;q=0.5", None),
            ("en;q=NaN", None),
            (";;;,=,-", None),
            ("", None),
        ] {
            assert_eq!(preferred(None, Some(header)), expected, "{header}");
        }
        assert_eq!(preferred(None, None), None);
        let named = Some(LanguageCode::English);
        assert_eq!(preferred(named, Some("hi")), Some(Language::English));
    }
}
