//! Who may not see a person's data is refused before any of it is read.

use medilink_domain::values::Role;
use uuid::Uuid;

use crate::clinic::Clinic;
use crate::site::id;

/// The rows are damaged, so that whoever unseals them fails over them.
#[tokio::test]
async fn nobodys_data_is_unsealed_for_who_may_not_see_it() {
    let clinic = Clinic::open().await;
    let (site, doctor) = (&clinic.site, clinic.doctor().await);
    let (patient, token) = clinic.patient().await;
    let booked = clinic.book(&token, patient, doctor).await;
    let visit = format!("/v1/appointments/{}", id(&booked));
    assert_eq!(site.get_after(&booked, &visit, &token).await.0, 200);
    let own = format!("/v1/patients/{patient}");
    assert_eq!(site.get_after(&booked, &own, &token).await.0, 200);
    let database = site.store.databases.superuser().await;
    for model in ["appointment", "patient"] {
        let damage = format!("UPDATE read.{model} SET personal = '\\x00'");
        assert_eq!(database.execute(&damage, &[]).await.unwrap(), 1, "{damage}");
    }

    let (_, other) = clinic.patient().await;
    let own_doctor = site.token(doctor, Role::Doctor).await;
    let other_doctor = site.token(Uuid::now_v7(), Role::Doctor).await;
    let board = clinic.path(&format!("board?date={}", clinic.today));
    let day = format!("/v1/doctors/{doctor}/day?date={}", clinic.today);
    let list = |of: &str| format!("{own}/{of}");
    for (path, stranger, expected, reader) in [
        (visit.clone(), &other, 404, &token),
        (format!("{visit}/queue"), &other_doctor, 404, &own_doctor),
        (board, &clinic.administrator, 403, &clinic.reception),
        (day, &other_doctor, 403, &own_doctor),
        (own.clone(), &other, 404, &token),
        (list("appointments"), &other, 404, &token),
        (list("waitlist"), &other, 404, &token),
        (list("notices"), &other, 404, &token),
    ] {
        let (status, refused) = site.get(&path, stranger).await;
        assert_eq!(status, expected, "{path}: {refused}");
        let (status, failed) = site.get(&path, reader).await;
        assert_eq!(status, 500, "{path} unseals nothing: {failed}");
    }
    clinic.site.close().await;
}
