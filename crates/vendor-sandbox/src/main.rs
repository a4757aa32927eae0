//! The sandbox as a program: prints where the vendors are, and serves until Ctrl-C.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;

use serde_json::{Map, Value};
use vendor_sandbox::{Clock, Sandbox};

const HELP: &str = "\
The vendors' services on loopback, until Ctrl-C.

Usage: vendor-sandbox [--port-base PORT] [--bind ADDRESS] [--ledger-limit ENTRIES]
                      [--set VENDOR.SETTING=VALUE]...

  --port-base PORT       the remote control's port; the vendors take the following ones
                         (default: 4700; 0 lets the system choose them all)
  --bind ADDRESS         the address to listen on (default: 127.0.0.1)
  --ledger-limit ENTRIES how many requests each ledger keeps (default: 10000)
  --set VENDOR.SETTING=VALUE
                         changes a setting, for instance ocean-geomission.duplicates=second;
                         GET /_sandbox/settings lists them all
";

const DEFAULT_PORT_BASE: u16 = 4700;

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Serve(Options),
    Help,
}

#[derive(Debug, PartialEq, Eq)]
struct Options {
    port_base: u16,
    address: IpAddr,
    ledger_limit: Option<usize>,
    settings: Vec<Setting>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port_base: DEFAULT_PORT_BASE,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            ledger_limit: None,
            settings: vec![Setting {
                vendor: "ocean-geomission".to_owned(),
                name: "script".to_owned(),
                value: Value::from("usual_day"),
            }],
        }
    }
}

/// One setting of one vendor.
#[derive(Debug, PartialEq, Eq)]
struct Setting {
    vendor: String,
    name: String,
    value: Value,
}

impl Setting {
    /// Reads `VENDOR.SETTING=VALUE`. A value that is not JSON is a string.
    fn read(text: &str) -> Option<Self> {
        let (path, value) = text.split_once('=')?;
        let (vendor, name) = path.split_once('.')?;
        Some(Self {
            vendor: vendor.to_owned(),
            name: name.to_owned(),
            value: serde_json::from_str(value).unwrap_or_else(|_| Value::from(value)),
        })
    }

    fn apply(self, sandbox: &Sandbox) -> io::Result<()> {
        let Self {
            vendor,
            name,
            value,
        } = self;
        let mut emulators = sandbox.emulators();
        let Some(emulator) = emulators.find(|emulator| emulator.name() == vendor) else {
            return Err(io::Error::other(format!("no such vendor: {vendor}")));
        };
        let changes = Map::from_iter([(name, value)]);
        let changed = emulator.change_initial_settings(changes);
        changed.map_err(io::Error::other)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match Command::read(&arguments) {
        Some(Command::Serve(options)) => serve(options),
        Some(Command::Help) => io::stdout().write_all(HELP.as_bytes()),
        None => Err(io::Error::other(format!("unknown arguments\n\n{HELP}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn report(text: &str) {
    // If standard error is closed, there is nobody to inform.
    let _ = writeln!(io::stderr(), "vendor-sandbox: {text}");
}

impl Command {
    fn read(arguments: &[String]) -> Option<Self> {
        let mut options = Options::default();
        let mut arguments = arguments.iter().map(String::as_str);
        while let Some(name) = arguments.next() {
            if matches!(name, "--help" | "-h") {
                return Some(Self::Help);
            }
            let value = arguments.next()?;
            match name {
                "--port-base" => options.port_base = value.parse().ok()?,
                "--bind" => options.address = value.parse().ok()?,
                "--ledger-limit" => options.ledger_limit = Some(value.parse().ok()?),
                "--set" => options.settings.push(Setting::read(value)?),
                _ => return None,
            }
        }
        Some(Self::Serve(options))
    }
}

/// The warning for an address that others may reach.
fn warning(address: IpAddr) -> Option<String> {
    let text = format!(
        "warning: {address} is not a loopback address: whoever reaches it can use the vendors and \
         the remote control"
    );
    (!address.is_loopback()).then_some(text)
}

fn serve(options: Options) -> io::Result<()> {
    if let Some(warning) = warning(options.address) {
        report(&warning);
    }
    let mut builder = Sandbox::builder()
        .bind(options.address)
        .first_port(options.port_base)
        .clock(Clock::system())
        .remote_control();
    if let Some(entries) = options.ledger_limit {
        builder = builder.ledger_limit(entries);
    }
    tokio::runtime::Builder::new_current_thread()
        .build()?
        .block_on(async {
            let sandbox = builder.start().await?;
            for setting in options.settings {
                setting.apply(&sandbox)?;
            }
            io::stdout().write_all(overview(&sandbox).as_bytes())?;
            // Ctrl-C ends the process, and the sandbox's thread with it.
            std::future::pending().await
        })
}

/// Everything needed to call the vendors.
fn overview(sandbox: &Sandbox) -> String {
    let mut text = String::new();
    for emulator in sandbox.emulators() {
        text += &format!("{:<18} {}\n", emulator.title(), emulator.base_url());
        for (name, value) in emulator.credentials() {
            text += &format!("  {name:<16} {value}\n");
        }
        text += "\n";
    }
    let remote_control = sandbox.remote_control_url().unwrap_or_default();
    text + &format!(
        "\
Remote control     {remote_control}
  GET, POST /_sandbox/settings
  POST /_sandbox/faults, GET /_sandbox/ledger, POST /_sandbox/clock/advance, POST /_sandbox/reset

Ctrl-C ends it.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Option<Command> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        Command::read(&arguments)
    }

    #[test]
    fn options_are_read_and_anything_else_is_refused() {
        assert_eq!(read(&[]), Some(Command::Serve(Options::default())));
        assert_eq!(read(&["--help"]), Some(Command::Help));
        let all = [
            ["--port-base", "0"],
            ["--bind", "0.0.0.0"],
            ["--ledger-limit", "5"],
            ["--set", "geoplanning.stale_key_status=400"],
            ["--set", "ocean-geomission.duplicates=second"],
        ];
        let setting = |vendor: &str, name: &str, value: Value| Setting {
            vendor: vendor.to_owned(),
            name: name.to_owned(),
            value,
        };
        let expected = Options {
            port_base: 0,
            address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            ledger_limit: Some(5),
            settings: vec![
                setting("ocean-geomission", "script", Value::from("usual_day")),
                setting("geoplanning", "stale_key_status", Value::from(400)),
                setting("ocean-geomission", "duplicates", Value::from("second")),
            ],
        };
        assert_eq!(read(all.as_flattened()), Some(Command::Serve(expected)));
        for wrong in [
            &["--port-base"][..],
            &["--port-base", "x"],
            &["--bind", "localhost"],
            &["--set", "duplicates"],
            &["4700"],
        ] {
            assert_eq!(read(wrong), None);
        }
    }

    #[tokio::test]
    async fn the_overview_has_every_vendor_with_its_credentials() {
        let sandbox = Sandbox::start().await.unwrap();
        let text = overview(&sandbox);
        for emulator in sandbox.emulators() {
            assert!(text.contains(emulator.title()), "{text}");
            assert!(text.contains(&emulator.base_url()), "{text}");
            assert!(!emulator.credentials().is_empty());
            for (name, value) in emulator.credentials() {
                let has = |line: &str| line.contains(name) && line.ends_with(value);
                assert!(text.lines().any(has), "{name}: {text}");
            }
        }
    }

    #[test]
    fn an_address_that_others_may_reach_gets_a_warning() {
        assert_eq!(warning(IpAddr::V4(Ipv4Addr::LOCALHOST)), None);
        let warning = warning(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).unwrap();
        assert!(warning.contains("0.0.0.0 is not a loopback address"));
    }

    #[tokio::test]
    async fn a_setting_outlives_a_reset_and_a_wrong_one_is_refused() {
        let sandbox = Sandbox::start().await.unwrap();
        let apply = |text| Setting::read(text).unwrap().apply(&sandbox);
        apply("geoplanning.duplicates=refuse").unwrap();
        sandbox.reset();
        let settings = |vendor: &str| {
            let mut emulators = sandbox.emulators();
            let emulator = emulators.find(|emulator| emulator.name() == vendor);
            emulator.unwrap().settings()
        };
        assert_eq!(settings("geoplanning")["duplicates"], "refuse");
        for wrong in [
            "geoplanning.duplicates=maybe",
            "geoplanning.duplicate=refuse",
            "nobody.duplicates=refuse",
        ] {
            assert!(apply(wrong).is_err(), "{wrong}");
        }
    }
}
