//! Documents for people to read: headings, paragraphs and facts on A4 pages, in every script
//! that the platform speaks, with the fonts in them.

mod document;
mod text;

pub use document::{Document, PdfError};
