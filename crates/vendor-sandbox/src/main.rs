//! The sandbox as a program: prints where the vendors are, and serves until Ctrl-C.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;

use clap::Parser;
use serde_json::{Map, Value};
use vendor_sandbox::{Clock, Sandbox};

/// The vendors' services on loopback, until Ctrl-C.
#[derive(Debug, PartialEq, Eq, Parser)]
#[command(version)]
struct Options {
    /// The remote control's port; the vendors take the following ones. 0 takes any free ports
    #[arg(long, value_name = "PORT", default_value_t = 4700)]
    port_base: u16,

    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,

    /// How many requests each vendor's ledger keeps
    #[arg(long, value_name = "ENTRIES", default_value_t = 10_000)]
    ledger_limit: usize,

    /// Changes a setting, such as ocean-geomission.duplicates=second; may be repeated. GET
    /// /_sandbox/settings lists them all
    #[arg(long = "set", value_name = "VENDOR.SETTING=VALUE", value_parser = Setting::read)]
    settings: Vec<Setting>,
}

/// One setting of one vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Setting {
    vendor: String,
    name: String,
    value: Value,
}

impl Setting {
    /// Reads `VENDOR.SETTING=VALUE`. A value that is not JSON is a string.
    fn read(text: &str) -> Result<Self, &'static str> {
        let parts = text
            .split_once('=')
            .and_then(|(path, value)| Some((path.split_once('.')?, value)));
        let Some(((vendor, name), value)) = parts else {
            return Err("it must look like VENDOR.SETTING=VALUE");
        };
        Ok(Self {
            vendor: vendor.to_owned(),
            name: name.to_owned(),
            value: serde_json::from_str(value).unwrap_or_else(|_| Value::from(value)),
        })
    }

    /// Missions follow the script of a usual day, unless the command line says otherwise.
    fn usual_day() -> Self {
        Self {
            vendor: "ocean-geomission".to_owned(),
            name: "script".to_owned(),
            value: Value::from("usual_day"),
        }
    }

    fn apply(self, sandbox: &Sandbox) -> io::Result<()> {
        let Self {
            vendor,
            name,
            value,
        } = self;
        let mut emulators = sandbox.emulators();
        let Some(emulator) = emulators.find(|emulator| emulator.name() == vendor) else {
            let names: Vec<&str> = sandbox.emulators().map(|known| known.name()).collect();
            let text = format!("no such vendor: {vendor}; there are {}", names.join(", "));
            return Err(io::Error::other(text));
        };
        let changes = Map::from_iter([(name, value)]);
        let changed = emulator.change_initial_settings(changes);
        changed.map_err(io::Error::other)
    }
}

fn main() -> ExitCode {
    match serve(Options::parse()) {
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

fn serve(options: Options) -> io::Result<()> {
    if let Some(warning) = warning(options.bind) {
        report(&warning);
    }
    let builder = Sandbox::builder()
        .bind(options.bind)
        .first_port(options.port_base)
        .ledger_limit(options.ledger_limit)
        .clock(Clock::system())
        .remote_control();
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?
        .block_on(async {
            let sandbox = builder.start().await?;
            for setting in std::iter::once(Setting::usual_day()).chain(options.settings) {
                setting.apply(&sandbox)?;
            }
            let mut end = End::listen()?;
            io::stdout().write_all(overview(&sandbox).as_bytes())?;
            end.wait().await
        })
}

/// The warning for an address that others may reach.
fn warning(address: IpAddr) -> Option<String> {
    let text = format!(
        "warning: {address} is not a loopback address: anyone who can connect to it can use the \
         vendors and the remote control"
    );
    (!address.is_loopback()).then_some(text)
}

/// The signals that end the program. The first process of a container would ignore them if nobody
/// listened.
#[cfg(unix)]
struct End {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl End {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn wait(&mut self) -> io::Result<()> {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        Ok(())
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
struct End;

#[cfg(not(unix))]
impl End {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self) -> io::Result<()> {
        tokio::signal::ctrl_c().await
    }
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
  GET  /_sandbox/state, /_sandbox/ledger, /_sandbox/settings
  POST /_sandbox/faults, /_sandbox/settings, /_sandbox/clock/advance, /_sandbox/reset

Ctrl-C ends it.
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Options, String> {
        let arguments = std::iter::once("vendor-sandbox").chain(arguments.iter().copied());
        Options::try_parse_from(arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn options_are_read_and_anything_else_is_refused_by_name() {
        let default = Options {
            port_base: 4700,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            ledger_limit: 10_000,
            settings: Vec::new(),
        };
        assert_eq!(read(&[]), Ok(default));
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
            bind: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            ledger_limit: 5,
            settings: vec![
                setting("geoplanning", "stale_key_status", Value::from(400)),
                setting("ocean-geomission", "duplicates", Value::from("second")),
            ],
        };
        assert_eq!(read(all.as_flattened()), Ok(expected));
        for (wrong, named) in [
            (&["--port-base"][..], "--port-base"),
            (&["--port-base", "x"], "'x'"),
            (&["--port-base", "70000"], "70000"),
            (&["--bind", "localhost"], "'localhost'"),
            (&["--set", "duplicates"], "VENDOR.SETTING=VALUE"),
            (&["4700"], "'4700'"),
            (&["--prot-base", "1"], "'--prot-base'"),
        ] {
            let error = read(wrong).unwrap_err();
            assert!(error.contains(named), "{error}");
        }
        assert!(read(&["--help"]).unwrap_err().contains("[default: 4700]"));
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
        let error = apply("nobody.duplicates=refuse").unwrap_err().to_string();
        let all: Vec<&str> = sandbox.emulators().map(|known| known.name()).collect();
        let listed = format!("there are {}", all.join(", "));
        assert!(error.ends_with(&listed), "{error}");
    }
}
