//! Names that are given back.

use medilink_log::{Append, AppendError, Claim, Release};

use crate::support::World;

fn claim(append: &mut Append, name: u8) {
    let stream = append.writes[0].stream.clone();
    let key = [name; 32];
    append.claims.push(Claim { key, stream });
}

fn release(append: &mut Append, stream: &str, name: Option<u8>) {
    append.releases.push(Release {
        stream: stream.to_owned(),
        key: name.map(|name| [name; 32]),
    });
}

#[tokio::test]
async fn a_name_that_is_given_back_can_be_claimed_by_another() {
    let world = World::new().await;
    let writer = world.writer();
    let holder = |name: u8| {
        let reader = world.reader.clone();
        async move { reader.holder(&[name; 32]).await.unwrap() }
    };
    let mut first = world.append("a-1", 0, 1);
    for name in [7, 8, 9] {
        claim(&mut first, name);
    }
    writer.append(first).await.unwrap();
    let mut other = world.append("b-1", 0, 1);
    claim(&mut other, 6);
    writer.append(other).await.unwrap();

    // One name, and another stream's name, which stays with it.
    let mut change = world.append("a-1", 1, 1);
    for name in [7, 6] {
        release(&mut change, "a-1", Some(name));
    }
    writer.append(change).await.unwrap();
    assert_eq!(
        (holder(7).await, holder(6).await),
        (None, Some("b-1".to_owned()))
    );
    let mut taken = world.append("b-1", 1, 1);
    claim(&mut taken, 7);
    writer.append(taken).await.unwrap();
    assert_eq!(holder(7).await.as_deref(), Some("b-1"));

    // An append that loses gives nothing back.
    let mut late = world.append("a-1", 1, 1);
    release(&mut late, "a-1", None);
    assert!(matches!(
        writer.append(late).await,
        Err(AppendError::WrongVersion { .. })
    ));
    assert_eq!(holder(8).await.as_deref(), Some("a-1"));

    // All names of a stream, and no other's.
    let mut last = world.append("a-1", 2, 1);
    release(&mut last, "a-1", None);
    writer.append(last).await.unwrap();
    assert_eq!((holder(8).await, holder(9).await), (None, None));
    assert_eq!(holder(7).await.as_deref(), Some("b-1"));
}

#[tokio::test]
async fn names_are_given_back_only_by_the_append_that_says_why() {
    let world = World::new().await;
    let writer = world.writer();
    let mut stranger = world.append("a-1", 0, 1);
    release(&mut stranger, "b-1", None);
    let mut both = world.append("a-1", 0, 1);
    claim(&mut both, 7);
    release(&mut both, "a-1", Some(7));
    for append in [stranger, both] {
        let refused = writer.append(append).await;
        assert!(
            matches!(refused, Err(AppendError::Refused(_))),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_name_goes_from_hand_to_hand_without_ever_being_in_two() {
    let world = World::new().await;
    let writer = world.writer();
    let mut first = world.append("a-0", 0, 1);
    claim(&mut first, 7);
    writer.append(first).await.unwrap();
    for turn in 0..20 {
        let mut give = world.append(&format!("a-{turn}"), 1, 1);
        release(&mut give, &format!("a-{turn}"), Some(7));
        let takes = ["a", "b"].map(|side| {
            let mut take = world.append(&format!("{side}-{}", turn + 1), 0, 1);
            claim(&mut take, 7);
            writer.append(take)
        });
        let [one, two] = takes;
        let (given, one, two) = tokio::join!(writer.append(give), one, two);
        given.unwrap();
        assert!(one.is_err() || two.is_err(), "held twice");
        if one.is_err() {
            // Whoever has it passes it on to the one whose turn is next.
            if two.is_ok() {
                let mut pass = world.append(&format!("b-{}", turn + 1), 1, 1);
                release(&mut pass, &format!("b-{}", turn + 1), Some(7));
                writer.append(pass).await.unwrap();
            }
            let mut again = world.append(&format!("a-{}", turn + 1), 0, 1);
            claim(&mut again, 7);
            writer.append(again).await.unwrap();
        }
    }
}
