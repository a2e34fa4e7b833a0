//! A document that grows from top to bottom.

use krilla::Document as Pages;
use krilla::color::rgb;
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use thiserror::Error;

use crate::text::{lines, shaped, width};

/// A4, in points.
const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 56.0;
/// Where the text ends; the number of the page stands below.
const BOTTOM: f32 = PAGE.1 - MARGIN;
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// The scripts of India need more room above and below than Latin.
const LEADING: f32 = 1.55;

/// A document that can't be made.
#[derive(Debug, Error)]
#[error("the document can't be made")]
pub struct PdfError;

/// One line of the document, and what room it wants.
struct Line {
    text: String,
    size: f32,
    indent: f32,
    /// How much is left free before it, unless it begins a page.
    before: f32,
    /// Less important: in grey.
    faint: bool,
    /// Not to be the last of a page.
    with_next: bool,
}

/// A document that grows from top to bottom.
pub struct Document {
    title: String,
    language: String,
    lines: Vec<Line>,
}

impl Document {
    /// An empty one; the language is a tag such as `en`.
    pub fn new(title: &str, language: &str) -> Self {
        let mut document = Self {
            title: title.to_owned(),
            language: language.to_owned(),
            lines: Vec::new(),
        };
        document.add(title, 22.0, 0.0, 0.0, false, true);
        document
    }

    fn add(
        &mut self,
        text: &str,
        size: f32,
        indent: f32,
        before: f32,
        faint: bool,
        with_next: bool,
    ) {
        let mut before = before;
        for text in lines(text, (WIDTH - indent) / size) {
            self.lines.push(Line {
                text,
                size,
                indent,
                before,
                faint,
                with_next,
            });
            before = 0.0;
        }
    }

    /// A heading of a chapter.
    pub fn heading(&mut self, text: &str) {
        self.add(text, 15.0, 0.0, 20.0, false, true);
    }

    /// A heading of something in a chapter.
    pub fn entry(&mut self, text: &str) {
        self.add(text, 11.5, 0.0, 9.0, false, true);
    }

    /// Running text.
    pub fn paragraph(&mut self, text: &str) {
        self.add(text, 10.5, 0.0, 5.0, false, false);
    }

    /// What something is, as a line; longer ones go on below.
    pub fn fact(&mut self, name: &str, value: &str) {
        self.add(&format!("{name}: {value}"), 10.5, 12.0, 1.0, false, false);
    }

    /// A remark.
    pub fn remark(&mut self, text: &str) {
        self.add(text, 9.0, 0.0, 4.0, true, false);
    }

    /// The finished document as bytes; `number` says what stands at the foot of a page, given
    /// which of how many it is.
    ///
    /// # Errors
    /// [`PdfError`] when a font can't be put into it.
    pub fn finish(self, number: impl Fn(usize, usize) -> String) -> Result<Vec<u8>, PdfError> {
        let pages = self.pages();
        let mut document = Pages::new();
        document.set_metadata(
            Metadata::new()
                .title(self.title.clone())
                .language(self.language.clone()),
        );
        for (index, page) in pages.iter().enumerate() {
            let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(PdfError)?;
            let mut sheet = document.start_page_with(settings);
            let mut surface = sheet.surface();
            for (line, y) in page {
                draw(
                    &mut surface,
                    &line.text,
                    line.size,
                    (MARGIN + line.indent, *y),
                    line.faint,
                );
            }
            let foot = number(index + 1, pages.len());
            let x = PAGE.0 - MARGIN - width(&foot) * 9.0;
            draw(&mut surface, &foot, 9.0, (x, PAGE.1 - MARGIN / 2.0), true);
            surface.finish();
            sheet.finish();
        }
        document.finish().map_err(|_| PdfError)
    }

    /// The lines of each page, with where their text stands.
    fn pages(&self) -> Vec<Vec<(&Line, f32)>> {
        let mut pages: Vec<Vec<(&Line, f32)>> = vec![Vec::new()];
        let mut y = MARGIN;
        for (index, line) in self.lines.iter().enumerate() {
            let height = line.size * LEADING;
            // A heading stays with what follows it.
            let next = self.lines.get(index + 1).filter(|_| line.with_next);
            let needed = height + next.map_or(0.0, |next| next.before + next.size * LEADING);
            let fresh = pages.last().is_none_or(Vec::is_empty);
            let before = if fresh { 0.0 } else { line.before };
            if !fresh && y + before + needed > BOTTOM {
                pages.push(Vec::new());
                y = MARGIN;
            } else {
                y += before;
            }
            y += height;
            if let Some(page) = pages.last_mut() {
                page.push((line, y));
            }
        }
        pages
    }
}

fn draw(surface: &mut Surface<'_>, text: &str, size: f32, at: (f32, f32), faint: bool) {
    let shade = if faint { 110 } else { 20 };
    surface.set_fill(Some(Fill {
        paint: rgb::Color::new(shade, shade, shade).into(),
        opacity: NormalizedF32::ONE,
        rule: Default::default(),
    }));
    let (mut x, y) = at;
    for run in shaped(text) {
        let start = Point::from_xy(x, y);
        let font = run.typeface.font.clone();
        surface.draw_glyphs(start, &run.glyphs, font, &run.text, size, false);
        x += run.width * size;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops where it is wrong")]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_long_document_has_several_pages_and_a_short_one_has_one() {
        let mut short = Document::new("आपका डेटा", "hi");
        short.heading("ਤੁਸੀਂ ਕੌਣ ਹੋ");
        short.fact("Name", "Asha Rao");
        assert_eq!(short.pages().len(), 1);
        let bytes = short.finish(|page, of| format!("{page}/{of}")).unwrap();
        assert!(bytes.starts_with(b"%PDF-"));
        let mut long = Document::new("Your data", "en");
        for number in 0..200 {
            long.entry(&format!("Visit {number}"));
            long.paragraph("It was long. ".repeat(30).trim());
        }
        let pages = long.pages().len();
        assert!(pages > 10);
        let numbered = Cell::new(0);
        let foot = |page: usize, of: usize| {
            assert!(page == numbered.get() + 1 && of == pages);
            numbered.set(page);
            String::new()
        };
        long.finish(foot).unwrap();
        assert_eq!(numbered.get(), pages);
    }

    #[test]
    fn a_heading_is_never_the_last_line_of_a_page() {
        for filler in 0..60 {
            let mut document = Document::new("T", "en");
            for _ in 0..filler {
                document.paragraph("x");
            }
            document.heading("H");
            document.paragraph("y");
            let pages = document.pages();
            for page in &pages {
                assert!(!page.last().unwrap().0.with_next, "{filler}");
            }
        }
    }
}
