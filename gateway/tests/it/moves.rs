//! Moving a visit: what goes along with it, and who may say so.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::clinic::{Clinic, done, slug};
use crate::site::id;

/// Two of the doctor's free slots.
async fn two_slots(clinic: &Clinic, doctor: Uuid) -> [Value; 2] {
    let written = json!({"position": clinic.head().await});
    let slots = clinic.slots(&written, &format!("&doctor={doctor}")).await;
    [2, 3].map(|index: usize| slots[index]["starts_at"].clone())
}

#[tokio::test]
async fn a_moved_visit_has_the_rooms_that_the_reception_chose_for_it() {
    let clinic = Clinic::open().await;
    let (site, reception) = (&clinic.site, &clinic.reception);
    let doctor = clinic.doctor().await;
    let (patient, token) = clinic.patient().await;
    let assets = clinic.path("assets");
    let room = json!({"class": "room", "name": "Room 1"});
    let room = done(site.post(&assets, &clinic.administrator, room).await);
    let [first, second] = two_slots(&clinic, doctor).await;
    let book = json!({"patient": patient, "doctor": doctor, "starts_at": first, "assets": [room]});
    let (status, refused) = site.post("/v1/appointments", &token, book.clone()).await;
    assert_eq!((status, slug(&refused)), (403, "forbidden"), "{refused}");
    let (status, booked) = site.post("/v1/appointments", reception, book).await;
    assert_eq!(status, 201, "{booked}");
    let visit = format!("/v1/appointments/{}", id(&booked));
    let path = format!("{visit}/reschedule");
    let (status, moved) = site.post(&path, &token, json!({"starts_at": second})).await;
    assert_eq!(status, 200, "{moved}");
    let (_, read) = site.get_after(&moved, &visit, &token).await;
    assert_eq!(read["assets"], json!([room]), "{read}");
    let without = json!({"starts_at": first, "assets": []});
    let (status, refused) = site.post(&path, &token, without.clone()).await;
    assert_eq!((status, slug(&refused)), (403, "forbidden"), "{refused}");
    let twice = json!({"starts_at": first, "assets": [room, room]});
    let (status, refused) = site.post(&path, reception, twice).await;
    assert_eq!((status, &refused["field"]), (422, &json!("/assets")));
    let (status, moved) = site.post(&path, reception, without).await;
    assert_eq!(status, 200, "{moved}");
    let (_, read) = site.get_after(&moved, &visit, &token).await;
    assert_eq!(read["assets"], json!([]), "{read}");
    clinic.site.close().await;
}
