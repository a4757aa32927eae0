//! The program, as a process.

#[cfg(unix)]
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

fn program(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_vendor-sandbox"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Waits until the program says that it serves.
#[cfg(unix)]
fn wait_until_it_serves(program: &mut Child) {
    let mut lines = BufReader::new(program.stdout.as_mut().unwrap()).lines();
    let ready = lines.any(|line| line.unwrap().contains("Ctrl-C ends it"));
    assert!(ready, "the program ended before it served");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_program_in_order() {
    for signal in ["-TERM", "-INT"] {
        let mut program = program(&["--port-base", "0"]);
        wait_until_it_serves(&mut program);
        let id = program.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
        // By itself, not by the signal: the first process of a container would survive that.
        assert_eq!(program.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn ports_that_are_taken_or_run_out_are_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let taken = format!("127.0.0.1:{port} is taken");
    for (port, named) in [(port.as_str(), taken.as_str()), ("65535", "65535")] {
        let ended = program(&["--port-base", port]).wait_with_output().unwrap();
        let error = String::from_utf8(ended.stderr).unwrap();
        assert!(error.contains(named), "{error}");
        assert_eq!(ended.status.code(), Some(1));
    }
}

#[test]
fn a_wrong_argument_is_named() {
    let ended = program(&["--prot-base", "0"]).wait_with_output().unwrap();
    let error = String::from_utf8(ended.stderr).unwrap();
    assert!(
        error.contains("--prot-base") && error.contains("--port-base"),
        "{error}"
    );
    assert_eq!(ended.status.code(), Some(2));
}
