//! The binary itself: what it prints where, and its exit codes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::{Command, Output};

fn wagate(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_wagate"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .current_dir(directory.path())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_wrong_configuration_ends_with_code_2_and_says_why_on_stderr() {
    for (arguments, variables, named) in [
        (&["config", "--lease-seconds", "x"][..], &[][..], "--lease-seconds"),
        (&["config"], &[("WAGATE_LEASE_SECONDS", "1")], "`lease-seconds`"),
        (&["config"], &[("WAGATE_LEASE", "1")], "WAGATE_LEASE"),
        (&["config", "--config", "nowhere.toml"], &[], "nowhere.toml"),
        (&["confi"], &[], "confi"),
        (&[], &[], "Usage"),
    ] {
        let output = wagate(arguments, variables);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(named), "{said}");
        assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    }
}

#[test]
fn config_shows_the_settings_in_effect() {
    let output = wagate(&["config", "--data", "elsewhere"], &[("WAGATE_LOG_FORMAT", "pretty")]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("database-url = \"sqlite:elsewhere/wagate.db\""), "{shown}");
    assert!(shown.contains("the environment variable WAGATE_LOG_FORMAT"), "{shown}");
}

#[test]
fn help_tells_every_setting_with_its_variable_and_default_even_when_the_environment_is_wrong() {
    let output = wagate(&["--help"], &[("WAGATE_NONSENSE", "1")]);
    assert_eq!(output.status.code(), Some(0));
    let help = text(&output.stdout);
    for part in [
        "multi-tenant WhatsApp gateway",
        "--lease-seconds <SECONDS>",
        "[env: WAGATE_LEASE_SECONDS]",
        "[default: 45]",
        "[env: WAGATE_CONFIG]",
    ] {
        assert!(help.contains(part), "`{part}` is not in {help}");
    }
    let short = text(&wagate(&["-h"], &[]).stdout);
    assert!(short.contains("serve") && !short.contains("--lease-seconds"), "{short}");
}
