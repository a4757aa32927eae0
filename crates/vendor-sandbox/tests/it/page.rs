//! The page at `/`: what it shows and does in a real browser.
//!
//! With the environment variable `SANDBOX_SCREENSHOTS`, each view is saved as a picture in that
//! folder.

use std::io::Write;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use vendor_sandbox::ocean_geomission::Step;
use vendor_sandbox::{OceanGeomission, Sandbox};

use crate::browser::Browser;
use crate::support::Client;

/// Markup that must never be more than text.
const CANARY: &str = "<img src=x onerror=\"window.pwned=1\"><b>Two boxes</b>";

/// From the narrowest phone to a wide screen.
const WIDTHS: [u32; 3] = [320, 768, 1440];

/// Starts a browser on the page, or says that there is none.
fn open(sandbox: &Sandbox) -> Option<Browser> {
    let Some(mut browser) = Browser::start() else {
        // The only line of a test that could not run.
        let _ = writeln!(std::io::stderr(), "skipped: Chromium is not installed");
        return None;
    };
    let url = sandbox.remote_control_url().unwrap();
    browser.call("Page.navigate", json!({ "url": url }));
    browser.wait_until("document.body && document.body.dataset.ready");
    Some(browser)
}

/// A sandbox with something to look at.
async fn lively() -> Sandbox {
    let sandbox = Sandbox::builder().remote_control().start().await.unwrap();
    let ocean = sandbox.ocean_geomission();
    ocean.configure(|settings| settings.script = Step::usual_day());
    let mut client = Client::logged_in(ocean).await;
    create(&mut client, "M-1", "Van 1", "Ring twice, the bell is quiet").await;
    sandbox.clock().advance(Duration::from_secs(50 * 60));
    create(&mut client, "M-2", "Van 2", CANARY).await;
    create(&mut client, "M-3", "Van 1", "Bring the long ladder").await;
    sandbox.clock().advance(Duration::from_secs(12 * 60));
    ocean.mission("M-2").unwrap().refuse("The road is closed");
    ocean
        .faults()
        .on("create_mission")
        .after_processing()
        .reset();
    let path = "/restapi/geomission/ajoutMission?idMission=M-4&nomVeh=Van+3&aEnvoyer=true";
    client.send("POST", path, None).await;
    let _ = client.rest().await;
    plan_faults(ocean);
    let mut client = Client::logged_in(ocean).await;
    client.create("idMission=M-1&nomVeh=Van+1").await;
    client.status("idMission=M-2").await;
    sandbox
}

async fn create(client: &mut Client, id: &str, vehicle: &str, comment: &str) {
    let query: String = [
        ("idMission", id),
        ("nomVeh", vehicle),
        ("aEnvoyer", "true"),
        ("jourHeureInter", "02/03/2026 09:30"),
        ("rue", "4 rue du Port"),
        ("codPost", "44000"),
        ("ville", "Nantes"),
        ("commentaire", comment),
    ]
    .map(|(name, value)| format!("{name}={}", encode(value)))
    .join("&");
    assert_eq!(client.create(&query).await.status, 201);
}

fn plan_faults(ocean: &OceanGeomission) {
    ocean.faults().on("modify_mission").times(2).stale_token();
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn the_page_is_served_with_a_policy_that_lets_nothing_else_in() {
    let sandbox = Sandbox::builder().remote_control().start().await.unwrap();
    let mut remote = Client::connect_to(sandbox.remote_control_url().unwrap()).await;
    let page = remote.call("GET", "/").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html;charset=utf-8"));
    let policy = page.header("content-security-policy").unwrap();
    for rule in [
        "default-src 'none'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    let text = String::from_utf8(page.body).unwrap();
    assert!(!text.contains("innerHTML"));
    assert!(!text.contains("https://"), "nothing comes from the network");
}

#[tokio::test]
async fn the_page_shows_everything_at_every_width_in_light_and_dark() {
    let sandbox = lively().await;
    let Some(mut browser) = open(&sandbox) else {
        return;
    };
    browser.wait_until("document.querySelectorAll('#mission-cards .screen').length === 4");
    browser.wait_until("document.querySelectorAll('#rows tr').length === 20");
    for width in WIDTHS {
        for scheme in ["light", "dark"] {
            let metrics = json!({
                "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false,
            });
            browser.call("Emulation.setDeviceMetricsOverride", metrics);
            let scheme_wanted = json!({
                "features": [{ "name": "prefers-color-scheme", "value": scheme }],
            });
            browser.call("Emulation.setEmulatedMedia", scheme_wanted);
            let overflow = browser.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth",
            );
            assert_eq!(overflow, 0, "the page is wider than {width} px");
            let contrast = browser.evaluate(LOWEST_CONTRAST);
            let lowest = contrast["ratio"].as_f64().unwrap();
            assert!(lowest >= 4.5, "{scheme} at {width} px: {contrast}");
            save_picture(&mut browser, &format!("{width}-{scheme}"));
        }
    }

    let text = browser.evaluate("document.body.innerText");
    let text = text.as_str().unwrap();
    for shown in [
        CANARY,
        "The road is closed",
        "Refusée",
        "Round 1",
        "a reset connection",
        "took effect",
        "no effect",
        "stale token",
        "TENUE COMPTABLE",
        "1 to 20 of 320",
        "-u 'planner@example.com",
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    // One lost its response and took effect, one was refused and did not.
    let row = |status: &str, effect: &str| {
        format!(
            "[...document.querySelectorAll('#entries tr')].some(row => \
             row.innerText.includes('{status}') && row.innerText.includes('{effect}'))"
        )
    };
    assert_eq!(
        browser.evaluate(&row("a reset connection", "took effect")),
        true
    );
    assert_eq!(browser.evaluate(&row("400", "no effect")), true);
    let bars = "document.querySelectorAll('.lane .bar:not(.route)').length";
    assert!(browser.evaluate(bars).as_u64() >= Some(8));
    assert_eq!(browser.evaluate("window.pwned === undefined"), true);
    assert_eq!(
        browser.evaluate("document.querySelectorAll('img, b').length"),
        0
    );
    assert_eq!(browser.complaints, [""; 0]);
}

#[tokio::test]
async fn the_page_is_worked_by_keyboard() {
    let sandbox = lively().await;
    let Some(mut browser) = open(&sandbox) else {
        return;
    };
    // Everything that a mouse can reach, in the order of the page.
    let tabs = browser.evaluate(
        "[...document.querySelectorAll('button, input, select, a, summary')]\
         .filter(it => it.checkVisibility() && !it.disabled && it.tabIndex < 0).length",
    );
    assert_eq!(tabs, 0, "something cannot be reached by the tab key");
    browser.press("Tab", 9);
    assert_eq!(
        browser.evaluate("document.activeElement.textContent"),
        "Skip to the missions"
    );

    browser.evaluate("document.querySelector('[data-advance=\"43200\"]').focus()");
    let before = sandbox.clock().now();
    browser.press("Enter", 13);
    browser.wait_until("document.getElementById('tokens').textContent.startsWith('0 ')");
    assert_eq!((sandbox.clock().now() - before).whole_hours(), 12);

    // Looking again does not take the focus away.
    browser.evaluate("document.querySelector('#mission-cards button').focus()");
    browser.evaluate("refresh()");
    assert_eq!(
        browser.evaluate("document.activeElement.textContent"),
        "Accept"
    );
    browser.press("Enter", 13);
    browser.wait_until("document.querySelector('#mission-cards .pill').textContent === 'Acceptée'");

    browser.evaluate("document.getElementById('filter').value = 'statut = 2'");
    browser.evaluate("document.getElementById('filter').focus()");
    browser.press("Enter", 13);
    browser.wait_until("!document.getElementById('filter-error').hidden");
    let error = browser.evaluate("document.getElementById('filter-error').textContent");
    assert_eq!(error, "the filter must have an operator at character 7");
    browser.evaluate("document.getElementById('filter').value = 'statut == 2'");
    browser.press("Enter", 13);
    browser.wait_until("document.getElementById('filter-error').hidden");
    assert_eq!(browser.complaints.len(), 1, "the refusal alone is logged");
}

#[tokio::test]
async fn the_buttons_do_what_they_say() {
    let sandbox = lively().await;
    let ocean = sandbox.ocean_geomission();
    let Some(mut browser) = open(&sandbox) else {
        return;
    };
    let click = |text: &str| {
        format!(
            "[...document.querySelectorAll('button')].find(it => it.textContent === '{text}').click()"
        )
    };
    let pending = ocean.faults().pending();
    browser.evaluate(&click("Silence"));
    browser.wait_until("document.querySelectorAll('#plan tr').length === 2");
    assert_eq!(ocean.faults().pending(), pending + 1);
    browser.evaluate(&click("Drop all"));
    browser.wait_until("document.querySelectorAll('#plan tr').length === 0");
    assert_eq!(ocean.faults().pending(), 0);

    let path = "/vendors/geoplanning/world/rounds/0/hash_key";
    let key = |browser: &mut Browser| {
        let state = browser.evaluate("ask('GET', '/_sandbox/state')");
        state.pointer(path).cloned().unwrap_or(Value::Null)
    };
    let before = key(&mut browser);
    browser.evaluate(&click("Let a colleague change it"));
    browser.wait_until(&format!(
        "state.vendors.geoplanning.world.rounds[0].hash_key !== {before}"
    ));

    browser.evaluate(&click("Reset all"));
    browser.wait_until("document.querySelectorAll('.screen, #entries tr').length === 0");
    assert!(ocean.mission_ids().is_empty());
    assert_eq!(browser.complaints, [""; 0]);
}

#[tokio::test]
async fn the_first_calls_on_the_page_succeed() {
    let sandbox = Sandbox::builder().remote_control().start().await.unwrap();
    let Some(mut browser) = open(&sandbox) else {
        return;
    };
    if std::process::Command::new("curl")
        .arg("-V")
        .output()
        .is_err()
    {
        let _ = writeln!(std::io::stderr(), "skipped: curl is not installed");
        return;
    }
    for (vendor, expected) in [
        ("ocean-geomission", "mission created"),
        ("cegid-loop", "codeIBS"),
        ("geoplanning", "hashKey"),
    ] {
        let text = format!("document.querySelector('[data-call={vendor}]').textContent");
        let call = browser.evaluate(&text);
        let output = std::process::Command::new("sh")
            .args(["-c", call.as_str().unwrap()])
            .output()
            .unwrap();
        let body = String::from_utf8(output.stdout).unwrap();
        assert!(body.contains(expected), "{call}: {body}");
    }
    browser.wait_until("document.querySelectorAll('.screen').length === 1");
}

/// The text with the least contrast to what is behind it.
const LOWEST_CONTRAST: &str = "(() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * x + .7152 * y + .0722 * z;
  };
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = channels(getComputedStyle(at).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  let lowest = { ratio: 99 };
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes].filter(it => it.nodeType === 3 && it.data.trim());
    if (!text.length || !element.checkVisibility() || element.disabled) continue;
    const [one, other] = [light(channels(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
    if (ratio < lowest.ratio) lowest = { ratio, text: text[0].data, class: element.className };
  }
  return lowest;
})()";

fn save_picture(browser: &mut Browser, name: &str) {
    let Some(folder) = std::env::var_os("SANDBOX_SCREENSHOTS") else {
        return;
    };
    let parameters = json!({ "format": "png", "captureBeyondViewport": true });
    let picture = browser.call("Page.captureScreenshot", parameters);
    let bytes = STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
    let path = std::path::Path::new(&folder).join(format!("{name}.png"));
    std::fs::write(path, bytes).unwrap();
}
