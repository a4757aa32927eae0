//! An accounting firm's overview: its engagement letters by status, the activities that one of
//! them promises, and the hours that all of them promise.

use std::collections::BTreeMap;
use std::error::Error;

use cegid_loop::activities::{self, Frequency};
use cegid_loop::letters::{self, LetterStatus};
use cegid_loop::{Client, EngagementLetter, Filter, LetterActivity, Select};
use indicatif::{ProgressBar, ProgressStyle};
use time::OffsetDateTime;
use time::macros::date;
use vendor_sandbox::Sandbox;

use crate::screen::{detail, event, table, title};

pub(crate) async fn run(sandbox: &Sandbox) -> Result<(), Box<dyn Error>> {
    title("Cegid Loop: a firm's engagement letters");
    let cegid = sandbox.cegid_loop();
    let client = Client::builder()
        .base_url(cegid.base_url())
        .subscription_key(cegid.subscription_key())
        .api_key(cegid.api_key(), cegid.api_secret())
        .build()?;

    by_status(sandbox, &client).await?;
    if let Some(letter) = newest_advice(&client).await? {
        promised_by(sandbox, &client, &letter).await?;
    }
    hours_by_frequency(sandbox, &client).await?;
    Ok(())
}

/// Counts the letters by where they stand; of each letter only its status crosses the network.
async fn by_status(sandbox: &Sandbox, client: &Client) -> Result<(), cegid_loop::Error> {
    let list = client
        .engagement_letters(Filter::unfiltered())
        .select(Select::of(letters::ID).and(letters::STATUS));
    let mut counts: BTreeMap<Option<LetterStatus>, usize> = BTreeMap::new();
    for letter in list.try_collect().await? {
        *counts.entry(letter.status).or_default() += 1;
    }
    let rows: Vec<_> = counts
        .into_iter()
        .map(|(status, count)| [name(status), format!("{count:7}")])
        .collect();
    event(now(sandbox), "The letters by status:");
    table(["status", "letters"], &rows);
    Ok(())
}

/// The letter on advice that was signed last, of those that run into the year 2024 or beyond.
async fn newest_advice(client: &Client) -> Result<Option<EngagementLetter>, cegid_loop::Error> {
    let signed_advice = letters::DESCRIPTION
        .eq("CONSEIL")
        .and(letters::SIGNED_AT.is_not_null())
        .and(letters::ENDS_AT.ge(date!(2024 - 01 - 01)));
    let page = client
        .engagement_letters(signed_advice)
        .sort(letters::SIGNED_AT.descending())
        .limit(1)
        .page()
        .await?;
    Ok(page.rows.into_iter().next())
}

async fn promised_by(
    sandbox: &Sandbox,
    client: &Client,
    letter: &EngagementLetter,
) -> Result<(), cegid_loop::Error> {
    let promised = client.activities_of(letter).try_collect().await?;
    let number = letter.number.as_deref().unwrap_or("without a number");
    let entity = letter.entity.as_ref();
    let client_name = entity.and_then(|entity| entity.description.last());
    let client_name = client_name.map_or("somebody", String::as_str);
    event(
        now(sandbox),
        format!("What letter {number} promises to {client_name}:"),
    );
    let rows: Vec<_> = promised.iter().map(line).collect();
    table(["activity", "how often", "hours"], &rows);
    Ok(())
}

/// An activity as a row of a table.
fn line(activity: &LetterActivity) -> [String; 3] {
    [
        activity
            .name
            .as_deref()
            .unwrap_or_default()
            .trim()
            .to_owned(),
        name(activity.frequency),
        format!("{:5.2}", hours(activity)),
    ]
}

/// Adds up the hours of every activity of the firm, row by row while the next page is on its way.
async fn hours_by_frequency(sandbox: &Sandbox, client: &Client) -> Result<(), cegid_loop::Error> {
    let mut rows = client
        .activities(activities::BY_FIRM.eq(true))
        .sort(activities::ID.ascending())
        .prefetch()
        .rows();
    let progress = progress();
    let mut sums: BTreeMap<Option<Frequency>, (usize, f64)> = BTreeMap::new();
    while let Some(activity) = rows.next().await {
        let activity = activity?;
        let (count, sum) = sums.entry(activity.frequency).or_default();
        *count += 1;
        *sum += hours(&activity);
        progress.set_position(rows.position());
    }
    progress.finish_and_clear();

    let lines: Vec<_> = sums
        .into_iter()
        .map(|(frequency, (count, sum))| {
            [name(frequency), format!("{count:10}"), format!("{sum:9.2}")]
        })
        .collect();
    let what = format!(
        "The firm's hours by frequency, in {} activities:",
        rows.position()
    );
    event(now(sandbox), what);
    table(["frequency", "activities", "    hours"], &lines);
    let requests = sandbox.cegid_loop().ledger().received("list_activities");
    detail(format!("Read in {requests} requests, a page at a time.\n"));
    Ok(())
}

/// The hours that a letter promises for an activity.
fn hours(activity: &LetterActivity) -> f64 {
    let quantity = activity.quantity.unwrap_or_default();
    activity.unit_hours.unwrap_or_default() * quantity as f64
}

/// Shows itself on a terminal only. How many rows there are, the service does not say.
fn progress() -> ProgressBar {
    let style = ProgressStyle::with_template("       {spinner} {pos} activities read");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

fn name(code: Option<impl ToString>) -> String {
    code.map_or_else(|| "none".to_owned(), |code| code.to_string())
}

fn now(sandbox: &Sandbox) -> OffsetDateTime {
    sandbox.clock().now()
}
