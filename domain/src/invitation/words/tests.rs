//! The words of invitations.

use super::*;
use crate::invitation::Place;
use crate::testing::{at, id, text};
use crate::values::{Language, Role};

fn issued(name: Option<&str>, language: Language) -> Issued {
    Issued {
        invitation: id(1),
        person: id(2),
        at: name.map(|name| Place {
            hospital: id(3),
            name: text(name),
            department: None,
        }),
        role: Role::Administrator,
        email: text("asha@example.org"),
        language,
        code: text("K7QM2-X9R4T"),
        expires_at: at("2026-08-08T00:00:00Z"),
    }
}

#[test]
fn every_invitation_is_written_in_every_language() {
    // The longest name that a hospital can have.
    let longest = "ਹ".repeat(200);
    for language in Language::ALL {
        for name in [None, Some(longest.as_str())] {
            let invitation = issued(name, *language);
            let words = invitation.words();
            let (title, text) = (words.title.as_str(), words.text.as_str());
            // Phones show it to whoever is near.
            assert!(!title.contains("K7QM2-X9R4T"), "{title}");
            for said in ["K7QM2-X9R4T", "7", &invitation.invitation.to_string()] {
                assert!(text.contains(said), "{text}");
            }
            assert!(name.is_none_or(|name| text.contains(name)), "{text}");
            assert!(!text.contains(['{', '}']) && !title.contains(['{', '}']));
        }
    }
}

#[test]
fn an_invitation_reads_well() {
    let words = issued(Some("City Hospital"), Language::English).words();
    insta::assert_snapshot!(words.text.as_str(), @r"
    City Hospital invites you to work with it on this platform. The code is

    K7QM2-X9R4T

    It accepts invitation 00000000-0000-0000-0000-000000000001.
    It works once, for 7 days. Don't pass it on: nobody will ever ask you for it.
    If you don't know why you got this, you need do nothing.
    ");
}
