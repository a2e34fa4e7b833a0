use super::*;
use crate::testing::{decides, id, refuses, text};

const NOW: &str = "2026-08-01T00:00:00Z";

fn set(person: u128, name: &str) -> ProfileCommand {
    ProfileCommand::SetName(SetName {
        person: id(person),
        name: text(name),
    })
}

fn named(name: &str) -> ProfileEvent {
    NameSet {
        person: id(1),
        name: text(name),
    }
    .into()
}

#[tokio::test]
async fn a_person_is_called_what_was_said_last() {
    decides::<Profile>(NOW, vec![], set(1, "Asha Rao"), vec![named("Asha Rao")]).await;
    let known = || vec![named("Asha Rao")];
    decides::<Profile>(NOW, known(), set(1, "Asha Devi"), vec![named("Asha Devi")]).await;
    decides::<Profile>(NOW, known(), set(1, "Asha Rao"), vec![]).await;
    refuses::<Profile>(NOW, known(), set(2, "Asha Rao"), ProfileError::OfAnother).await;
}
