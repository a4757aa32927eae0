//! The sandbox as a program: prints where the vendors are, and serves until Ctrl-C.

use std::io::{self, Write};
use std::process::ExitCode;

use vendor_sandbox::ocean_geomission::Step;
use vendor_sandbox::{Clock, Sandbox};

const HELP: &str = "\
The vendors' services on loopback, until Ctrl-C.

Usage: vendor-sandbox [--port-base PORT]

  --port-base PORT  the remote control's port; the vendors take the following ones
                    (default 4700; 0 lets the system choose them all)
";

const DEFAULT_PORT_BASE: u16 = 4700;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Serve { port_base: u16 },
    Help,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match wish(&arguments) {
        Some(Wish::Serve { port_base }) => serve(port_base),
        Some(Wish::Help) => io::stdout().write_all(HELP.as_bytes()),
        None => Err(io::Error::other(format!("unknown arguments\n\n{HELP}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is closed, there is nobody to inform.
            let _ = writeln!(io::stderr(), "vendor-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

fn wish(arguments: &[String]) -> Option<Wish> {
    let port_base = match arguments {
        [] => DEFAULT_PORT_BASE,
        [help] if matches!(help.as_str(), "--help" | "-h") => return Some(Wish::Help),
        [name, port] if name == "--port-base" => port.parse().ok()?,
        _ => return None,
    };
    Some(Wish::Serve { port_base })
}

fn serve(port_base: u16) -> io::Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .build()?
        .block_on(async {
            let sandbox = Sandbox::builder()
                .first_port(port_base)
                .clock(Clock::system())
                .remote_control()
                .start()
                .await?;
            sandbox
                .ocean_geomission()
                .configure(|settings| settings.script = Step::usual_day());
            io::stdout().write_all(overview(&sandbox).as_bytes())?;
            // Ctrl-C ends the process, and the sandbox's thread with it.
            std::future::pending().await
        })
}

/// All that somebody needs who wants to try.
fn overview(sandbox: &Sandbox) -> String {
    let ocean = sandbox.ocean_geomission();
    let cegid = sandbox.cegid_loop();
    let geoplanning = sandbox.geoplanning();
    format!(
        "\
Océan Géomission   {ocean_url}
  login            {login}
  password         {password}

Cegid Loop         {cegid_url}
  subscription key {subscription_key}
  API key          {api_key}
  client secret    {api_secret}

Geoplanning        {geoplanning_url}
  login            {planner}
  password         {planner_password}

Remote control     {remote_control}
  POST /_sandbox/faults, GET /_sandbox/ledger, POST /_sandbox/clock/advance, POST /_sandbox/reset

Ctrl-C ends it.
",
        ocean_url = ocean.base_url(),
        login = ocean.login(),
        password = ocean.password(),
        cegid_url = cegid.base_url(),
        subscription_key = cegid.subscription_key(),
        api_key = cegid.api_key(),
        api_secret = cegid.api_secret(),
        geoplanning_url = geoplanning.base_url(),
        planner = geoplanning.login(),
        planner_password = geoplanning.password(),
        remote_control = sandbox.remote_control_url().unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wished(arguments: &[&str]) -> Option<Wish> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        wish(&arguments)
    }

    #[test]
    fn the_only_option_is_the_first_port() {
        assert_eq!(wished(&[]), Some(Wish::Serve { port_base: 4700 }));
        assert_eq!(
            wished(&["--port-base", "0"]),
            Some(Wish::Serve { port_base: 0 })
        );
        assert_eq!(wished(&["--help"]), Some(Wish::Help));
        for wrong in [&["--port-base"][..], &["--port-base", "x"], &["4700"]] {
            assert_eq!(wished(wrong), None);
        }
    }
}
