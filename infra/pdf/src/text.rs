//! Text as the fonts draw it: each stretch in the first font that has its characters, shaped as
//! its script wants it, and broken into lines.

use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Face, UnicodeBuffer};

/// Noto, which has all of our scripts in one design (SIL Open Font License, `fonts/OFL.txt`).
const FILES: [&[u8]; 3] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSansDevanagari-Regular.ttf"),
    include_bytes!("../fonts/NotoSansGurmukhi-Regular.ttf"),
];

/// A font, as the shaper and as the document want it.
pub(crate) struct Typeface {
    face: Face<'static>,
    pub(crate) font: Font,
}

static FONTS: LazyLock<Vec<Typeface>> = LazyLock::new(|| {
    let typeface = |file: &'static [u8]| {
        Some(Typeface {
            face: Face::from_slice(file, 0)?,
            font: Font::new(file.into(), 0)?,
        })
    };
    FILES.into_iter().filter_map(typeface).collect()
});

/// A stretch of text in one font.
pub(crate) struct Run {
    pub(crate) typeface: &'static Typeface,
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// How wide it is at size 1.
    pub(crate) width: f32,
}

/// What stands for a character that no font has. All of it is in the data itself.
const UNKNOWN: char = '?';

/// The text as the fonts draw it.
pub(crate) fn shaped(text: &str) -> Vec<Run> {
    let mut runs: Vec<(usize, String)> = Vec::new();
    for character in text.chars() {
        let current = runs.last().map(|(font, _)| *font);
        let has = |font: &usize| {
            let face = FONTS.get(*font).map(|typeface| &typeface.face);
            face.is_some_and(|face| face.glyph_index(character).is_some())
        };
        // As long as it can, a text stays in its font: marks belong to what they stand on.
        let joins = matches!(character, '\u{200c}' | '\u{200d}');
        let font = current
            .filter(|font| joins || has(font))
            .or_else(|| (0..FONTS.len()).find(has));
        let (font, character) = match font {
            Some(font) => (font, character),
            None => (0, UNKNOWN),
        };
        match runs.last_mut() {
            Some((last, text)) if *last == font => text.push(character),
            _ => runs.push((font, character.to_string())),
        }
    }
    let run = |(font, text): (usize, String)| Some(shape(FONTS.get(font)?, text));
    runs.into_iter().filter_map(run).collect()
}

fn shape(typeface: &'static Typeface, text: String) -> Run {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(&text);
    buffer.guess_segment_properties();
    let shaped = rustybuzz::shape(&typeface.face, &[], buffer);
    let em = typeface.face.units_per_em() as f32;
    let starts: Vec<usize> = shaped
        .glyph_infos()
        .iter()
        .map(|info| info.cluster as usize)
        .collect();
    let places = shaped.glyph_positions().iter().zip(shaped.glyph_infos());
    let glyphs: Vec<KrillaGlyph> = places
        .enumerate()
        .map(|(index, (place, info))| {
            let start = starts[index];
            let later = starts[index..].iter().find(|next| **next > start);
            let end = later.copied().unwrap_or(text.len());
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                place.x_advance as f32 / em,
                place.x_offset as f32 / em,
                place.y_offset as f32 / em,
                place.y_advance as f32 / em,
                start..end,
                None,
            )
        })
        .collect();
    let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
    Run {
        typeface,
        text,
        glyphs,
        width,
    }
}

pub(crate) fn width(text: &str) -> f32 {
    shaped(text).iter().map(|run| run.width).sum()
}

/// The text in lines that are no wider than this at size 1.
pub(crate) fn lines(text: &str, widest: f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if width(&longer) <= widest {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = broken(word, widest, &mut lines);
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// A word that may be wider than a line: what is left of it for the next one.
fn broken(word: &str, widest: f32, lines: &mut Vec<String>) -> String {
    let mut part = String::new();
    for character in word.chars() {
        part.push(character);
        if part.chars().count() > 1 && width(&part) > widest {
            part.pop();
            lines.push(std::mem::replace(&mut part, character.to_string()));
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_has_its_font_and_nothing_is_left_without_glyphs() {
        assert_eq!(FONTS.len(), FILES.len());
        for (text, fonts) in [
            ("Asha Rao, 12 °C", 1),
            ("आपकी मुलाक़ात", 1),
            ("ਤੁਹਾਡੀ ਮੁਲਾਕਾਤ", 1),
            ("Dr आशा ਸਿੰਘ", 3),
        ] {
            let runs = shaped(text);
            assert!(runs.len() >= fonts, "{text}");
            for run in &runs {
                let missing = run.glyphs.iter().any(|glyph| glyph.glyph_id.to_u32() == 0);
                assert!(!missing, "{text}: {}", run.text);
            }
        }
        assert_eq!(
            shaped("\u{1F600}").first().map(|run| run.text.as_str()),
            Some("?")
        );
    }

    #[test]
    fn a_conjunct_is_one_shape() {
        // क्ष is three characters and one glyph.
        let glyphs: usize = shaped("क्ष").iter().map(|run| run.glyphs.len()).sum();
        assert_eq!(glyphs, 1);
    }

    #[test]
    fn lines_are_as_wide_as_the_page_and_hold_every_word() {
        let text = "one two three four five six seven eight nine ten ".repeat(9);
        let broken = lines(&text, 20.0);
        assert!(broken.len() > 3);
        assert!(broken.iter().all(|line| width(line) <= 20.0));
        let words: Vec<&str> = broken.iter().flat_map(|line| line.split(' ')).collect();
        assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
        let long = "x".repeat(500);
        assert_eq!(lines(&long, 20.0).concat(), long);
        assert_eq!(lines("a\n\nb", 20.0), ["a", "b"]);
    }
}
