//! Rooms and devices.

use super::*;

fn add_asset(asset: u128, name: &str) -> HospitalCommand {
    HospitalCommand::AddAsset(AddAsset {
        asset: id(asset),
        class: text("ultrasound"),
        name: text(name),
    })
}

fn asset_added(asset: u128, name: &str) -> HospitalEvent {
    AssetAdded {
        hospital: id(1),
        asset: id(asset),
        class: text("ultrasound"),
        name: text(name),
    }
    .into()
}

fn retire(asset: u128) -> HospitalCommand {
    HospitalCommand::RetireAsset(RetireAsset { asset: id(asset) })
}

fn retired(asset: u128) -> HospitalEvent {
    AssetRetired {
        hospital: id(1),
        asset: id(asset),
    }
    .into()
}

#[tokio::test]
async fn rooms_and_devices_of_different_names_can_be_added() {
    for known in [
        vec![opened()],
        vec![opened(), asset_added(6, "Ultrasound 1")],
        // The name of a department is not that of a room.
        vec![opened(), added(2, "Ultrasound 2")],
    ] {
        decides::<Hospital>(
            NOW,
            known,
            add_asset(7, "Ultrasound 2"),
            vec![asset_added(7, "Ultrasound 2")],
        )
        .await;
    }
}

#[tokio::test]
async fn rooms_and_devices_cannot_share_a_name_or_an_id() {
    let known = || vec![opened(), asset_added(6, "Ultrasound 1")];
    for (command, error) in [
        (
            add_asset(6, "Ultrasound 2"),
            HospitalError::AssetAlreadyAdded,
        ),
        (add_asset(7, "Ultrasound 1"), HospitalError::AssetNameTaken),
        (add_asset(7, "ULTRASOUND 1"), HospitalError::AssetNameTaken),
    ] {
        refuses::<Hospital>(NOW, known(), command, error).await;
    }
}

#[tokio::test]
async fn what_is_retired_leaves_its_name_and_is_there_no_more() {
    let known = || vec![opened(), asset_added(6, "Ultrasound 1")];
    decides::<Hospital>(NOW, known(), retire(6), vec![retired(6)]).await;
    let gone = || [known(), vec![retired(6)]].concat();
    refuses::<Hospital>(NOW, gone(), retire(6), HospitalError::NoSuchAsset).await;
    refuses::<Hospital>(NOW, known(), retire(7), HospitalError::NoSuchAsset).await;
    decides::<Hospital>(
        NOW,
        gone(),
        add_asset(7, "Ultrasound 1"),
        vec![asset_added(7, "Ultrasound 1")],
    )
    .await;
}

#[test]
fn what_is_in_use_is_known_by_class_and_name() {
    let known = [
        opened(),
        asset_added(6, "Ultrasound 1"),
        asset_added(7, "Ultrasound 2"),
        retired(6),
    ];
    let hospital: Hospital = after(&known);
    let in_use = Asset {
        class: text("ultrasound"),
        name: text("Ultrasound 2"),
    };
    assert_eq!(hospital.assets, [(id(7), in_use)].into());
}

#[tokio::test]
async fn a_hospital_that_never_opened_has_no_rooms_and_devices() {
    for command in [add_asset(6, "Ultrasound 1"), retire(6)] {
        refuses::<Hospital>(NOW, vec![], command, HospitalError::NoSuchHospital).await;
    }
}
