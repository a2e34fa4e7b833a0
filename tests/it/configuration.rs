//! The command line: it teaches, and names what is wrong.

use std::process::{Command, Stdio};

use crate::MEDILINK;

/// Runs the binary in an empty folder, with these variables besides none of ours.
fn run(
    arguments: &[&str],
    variables: &[(&str, &str)],
    file: &str,
) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("medilink.toml"), file).unwrap();
    let mut command = Command::new(MEDILINK);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MEDILINK_") {
            command.env_remove(name);
        }
    }
    let output = command
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn help_names_every_part_and_shows_examples() {
    let (code, help, _) = run(&["--help"], &[], "");
    assert_eq!(code, Some(0));
    for word in [
        "up",
        "gateway",
        "projector",
        "worker",
        "relay",
        "audit",
        "admin",
        "completions",
        "MEDILINK_",
        "Examples:",
    ] {
        assert!(
            help.contains(word),
            "the help doesn't mention `{word}`:\n{help}"
        );
    }
    let (code, help, _) = run(&["admin", "--help"], &[], "");
    assert_eq!(code, Some(0));
    for word in ["migrate", "rebuild", "dead-letters"] {
        assert!(help.contains(word), "{help}");
    }
}

#[test]
fn every_command_explains_itself() {
    let commands: &[&[&str]] = &[
        &["up"],
        &["gateway"],
        &["projector"],
        &["worker"],
        &["relay"],
        &["audit", "head"],
        &["audit", "verify"],
        &["admin", "migrate"],
        &["admin", "rebuild"],
        &["admin", "dead-letters", "list"],
        &["admin", "dead-letters", "retry"],
        &["admin", "dead-letters", "skip"],
        &["completions"],
    ];
    for command in commands {
        let (code, help, _) = run(&[*command, &["--help"]].concat(), &[], "");
        assert_eq!(code, Some(0), "{command:?}");
        assert!(
            help.contains("Usage: medilink") && help.lines().count() > 5,
            "{command:?}:\n{help}"
        );
    }
}

#[test]
fn an_unknown_command_is_refused_and_the_nearest_is_named() {
    let (code, _, said) = run(&["gatewy"], &[], "");
    assert_eq!(code, Some(2));
    assert!(
        said.contains("gatewy") && said.contains("gateway"),
        "{said}"
    );
}

#[test]
fn completions_are_there_for_the_usual_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, script, said) = run(&["completions", shell], &[], "");
        assert_eq!(code, Some(0), "{said}");
        assert!(
            script.contains("medilink") && script.contains("dead-letters"),
            "{shell}"
        );
    }
    // Into a pipe that closes, as `| head -1` does, nothing panics.
    let script = format!("{MEDILINK} completions bash | head -1");
    let output = Command::new("bash")
        .args(["-o", "pipefail", "-c", &script])
        .output()
        .unwrap();
    assert!(
        !String::from_utf8_lossy(&output.stderr).contains("panicked"),
        "{output:?}"
    );
}

/// A settings file, an environment, what the sentence must say, and what it must not.
type WrongSetting<'a> = (
    &'a str,
    &'a [(&'a str, &'a str)],
    &'a [&'a str],
    &'a [&'a str],
);

#[test]
fn a_wrong_setting_is_named_with_its_source_and_nothing_starts() {
    let cases: &[WrongSetting] = &[
        (
            "[gateway]\nlisen = '127.0.0.1:1'",
            &[],
            &["gateway.lisen", "medilink.toml", "listen"],
            &[],
        ),
        (
            "fodler = 'x'",
            &[],
            &["fodler", "medilink.toml", "folder"],
            &[],
        ),
        (
            "",
            &[("MEDILINK_GATEWAY__LISEN", "127.0.0.1:1")],
            &["gateway.lisen", "MEDILINK_GATEWAY__LISEN"],
            &["medilink.toml"],
        ),
        (
            "",
            &[("MEDILINK_FODLER", "x")],
            &["fodler", "MEDILINK_FODLER"],
            &["medilink.toml"],
        ),
        (
            "[gateway]\nlisten = 'nowhere'",
            &[],
            &["gateway.listen", "medilink.toml"],
            &[],
        ),
        (
            "",
            &[("MEDILINK_GATEWAY__LISTEN", "nowhere")],
            &["gateway.listen", "MEDILINK_GATEWAY__LISTEN"],
            &[],
        ),
        (
            "[worker]\npoll_ms = 'often'",
            &[],
            &["worker.poll_ms", "medilink.toml"],
            &["often"],
        ),
        (
            "[worker]\npoll_ms = -1",
            &[],
            &["worker.poll_ms", "medilink.toml"],
            &[],
        ),
        (
            "[gateway.limits]\nbody_bytes = true",
            &[],
            &["gateway.limits.body_bytes"],
            &[],
        ),
        (
            "[nats]\nrequest_ms = 'hunter2'",
            &[],
            &["nats.request_ms"],
            &["hunter2"],
        ),
        (
            "[postgres]\napp_ulr = 'postgres://a:hunter2@h/d'",
            &[],
            &["postgres.app_ulr"],
            &["hunter2"],
        ),
        ("tenant = 'mine'", &[], &["tenant", "medilink.toml"], &[]),
        ("[gateway", &[], &["medilink.toml"], &[]),
    ];
    for (file, variables, said, unsaid) in cases {
        let (code, out, error) = run(&["gateway"], variables, file);
        assert_eq!(code, Some(1), "{file} {variables:?}: {out}{error}");
        assert!(
            said.iter().all(|word| error.contains(word)),
            "{file} {variables:?} is answered with:\n{error}"
        );
        assert!(
            !unsaid.iter().any(|word| error.contains(word)),
            "{file} {variables:?} is answered with:\n{error}"
        );
        assert_eq!(error.trim().lines().count(), 1, "one sentence:\n{error}");
    }
}

#[test]
fn a_settings_file_that_was_named_must_be_there() {
    let (code, _, said) = run(&["--config", "nowhere.toml", "gateway"], &[], "");
    assert_eq!(code, Some(1));
    assert!(said.contains("nowhere.toml"), "{said}");
}

#[test]
fn a_part_without_servers_says_how_to_get_them() {
    for part in ["gateway", "projector", "relay", "worker"] {
        let (code, _, said) = run(&[part], &[], "");
        assert_eq!(code, Some(1), "{part}");
        assert!(
            said.contains("medilink up") && said.contains("postgres.app_url"),
            "{part}: {said}"
        );
    }
    let settings = "[postgres]\napp_url = 'postgres://a:b@127.0.0.1:1/d'";
    let (code, _, said) = run(&["gateway"], &[], settings);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("postgres.vault_url") && said.contains("MEDILINK_POSTGRES__VAULT_URL"),
        "{said}"
    );
}

#[test]
fn a_rebuild_needs_to_know_of_what() {
    let (code, _, said) = run(&["admin", "rebuild"], &[], "");
    assert_eq!(code, Some(2));
    assert!(said.contains("MODEL") || said.contains("--all"), "{said}");
}
