//! The firm that the sandbox starts with: its clients, their engagement letters, and what these
//! promise. The same in every run of a year.

use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

use crate::clock::Clock;

/// How many letters the firm has.
pub(crate) const LETTERS: u32 = 320;

/// The revision of a row that has never changed, if each row counts its own.
pub(crate) const FIRST_REVISION: &str = "0x0000000000000001";

/// How many clients the firm has, each with a folder of its own.
const CLIENTS: u32 = 120;

/// A row of a list, and the client's folder that it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) folder: String,
    pub(crate) row: Value,
}

/// The rows of both lists.
#[derive(Clone, Debug)]
pub(crate) struct Firm {
    pub(crate) letters: Arc<Vec<Record>>,
    pub(crate) activities: Arc<Vec<Record>>,
}

/// The firm in the year in which a standing clock begins, which most sandboxes share.
static FIRM: LazyLock<Firm> = LazyLock::new(|| Firm::made_in(Clock::START.year()));

impl Firm {
    /// The firm as it is in a year.
    pub(crate) fn of(year: i32) -> Self {
        match year == Clock::START.year() {
            true => FIRM.clone(),
            false => Self::made_in(year),
        }
    }

    fn made_in(year: i32) -> Self {
        let activities = (0..LETTERS).flat_map(|letter| activities_of(letter, year));
        Self {
            letters: Arc::new((0..LETTERS).map(|n| letter(n, year)).collect()),
            activities: Arc::new(activities.collect()),
        }
    }
}

/// The code of a client's folder.
fn folder(client: u32) -> String {
    format!("CLIENT{:03}", client + 1)
}

fn letter(n: u32, this_year: i32) -> Record {
    let client = n % CLIENTS;
    let year = this_year - 2 + (n / CLIENTS) as i32;
    let status = pick(n, &[2, 2, 8, 8, 8, 1, 6, 7, 3, 4, 0, 5]);
    let is_signed = matches!(status, 2 | 8);
    let was_sent = !matches!(status, 0 | 4 | 5 | 6);
    let (what, _) = OFFERS[n as usize % OFFERS.len()];
    let number = format!("LM{year}{:04}", n + 1);
    let row = json!({
        "objectId": uuid("letter", n),
        "revisionId": revision(n),
        "description": what,
        "codeIBS": number,
        "profitCenter": pick(n, &["", "PC01", "PC02"]),
        "maitreDossier": match n % 4 {
            0 => no_reference(),
            _ => reference("collaborator", n % 9, &[&format!("COLL{:02}", n % 9 + 1)]),
        },
        "entite": reference("entity", client, &[&folder(client), &client_name(client)]),
        "entiteIbsId": "",
        "dateDebut": format!("{year}-01-01T00:00:00Z"),
        "dateFin": format!("{year}-12-31T00:00:00Z"),
        "engStatut": n % 4 + 1,
        "engMission": 0,
        "dateRenouvellement": format!("{}-12-31T00:00:00Z", year + 1),
        "dateDebExercice": format!("{}-12-31T19:00:00Z", year - 1),
        "dateFinExercice": format!("{year}-12-30T19:00:00Z"),
        "dateSignature": match is_signed {
            true => json!(format!("{}-12-{:02}T09:30:00Z", year - 1, n % 20 + 1)),
            false => Value::Null,
        },
        "dossierFacturation": reference("folder", client, &[&folder(client)]),
        "statut": status,
        "file": no_file(),
        "dateEnvoiPdf": match was_sent {
            true => json!(format!("{}-11-{:02}T16:00:00Z", year - 1, n % 28 + 1)),
            false => Value::Null,
        },
        "pdfFile": match was_sent {
            true => file(n, &format!("{number}.pdf")),
            false => no_file(),
        },
        "modele": match n % 5 {
            0 => no_reference(),
            _ => reference("template", n % 3, &[&format!("MODELE{}", n % 3 + 1)]),
        },
        "indexIncInt": n + 1,
    });
    Record {
        folder: folder(client),
        row,
    }
}

/// What a letter promises: the offer that it is about, and some of the usual extras.
fn activities_of(letter: u32, this_year: i32) -> impl Iterator<Item = Record> {
    let (_, offer) = OFFERS[letter as usize % OFFERS.len()];
    let extras = EXTRAS
        .iter()
        .cycle()
        .skip(letter as usize % EXTRAS.len())
        .take(6);
    offer
        .iter()
        .chain(extras)
        .enumerate()
        .map(move |(index, promise)| {
            let n = letter * 32 + index as u32;
            let date = match promise.frequency {
                5 => json!(format!("{this_year}-06-30T00:00:00Z")),
                _ => Value::Null,
            };
            Record {
                folder: folder(letter % CLIENTS),
                row: json!({
                    "objectId": uuid("activity", n),
                    "revisionId": revision(100_000 + n),
                    "lettreMissionId": uuid("letter", letter),
                    "activite": promise.name,
                    "activiteCabinet": promise.by_firm,
                    "activiteClient": !promise.by_firm,
                    "unite": promise.hours,
                    "frequence": promise.frequency,
                    "dateFreq": date,
                    "calage": promise.basis,
                    "decalage": promise.month_offset,
                    "quantite": promise.quantity,
                    "datePrevObligation": promise.due_day,
                }),
            }
        })
}

struct Promise {
    name: &'static str,
    by_firm: bool,
    hours: f64,
    frequency: u8,
    basis: u8,
    month_offset: u8,
    quantity: u8,
    due_day: u8,
}

const fn promise(
    name: &'static str,
    by_firm: bool,
    hours: f64,
    [frequency, basis, month_offset, quantity, due_day]: [u8; 5],
) -> Promise {
    Promise {
        name,
        by_firm,
        hours,
        frequency,
        basis,
        month_offset,
        quantity,
        due_day,
    }
}

/// What letters are about, and the activities that each brings.
const OFFERS: [(&str, &[Promise]); 4] = [
    (
        "TENUE COMPTABLE",
        &[
            promise("Saisie des achats", true, 1.5, [1, 1, 0, 12, 10]),
            promise("Saisie des ventes", true, 1.0, [1, 1, 0, 12, 10]),
            promise("Rapprochement bancaire", true, 0.75, [1, 1, 1, 12, 15]),
            promise("Transmission des pièces", false, 0.5, [1, 2, 0, 12, 5]),
        ],
    ),
    (
        "REVISION",
        &[
            promise("Déclaration de TVA", true, 0.5, [1, 2, 1, 12, 19]),
            promise("Révision des cycles", true, 6.0, [2, 1, 1, 4, 0]),
            promise("Situation intermédiaire", true, 4.0, [3, 1, 2, 2, 0]),
        ],
    ),
    (
        "COMPTES ANNUELS",
        &[
            promise("Bilan et liasse fiscale", true, 14.0, [4, 3, 3, 1, 15]),
            promise("Dépôt des comptes", true, 0.5, [4, 3, 6, 1, 30]),
            promise("Assemblée générale", true, 2.0, [4, 3, 6, 1, 30]),
        ],
    ),
    (
        "CONSEIL",
        &[
            promise("Visite accompagnement client", true, 4.0, [5, 2, 0, 1, 0]),
            promise("Prévisionnel", true, 8.0, [4, 1, 0, 1, 0]),
        ],
    ),
];

/// What any letter may promise beside. The first six are those of the vendor's example.
const EXTRAS: [Promise; 10] = [
    promise("Visite accompagnement client", true, 4.0, [5, 2, 0, 1, 0]),
    promise("Tableaux de bord ", true, 0.15, [1, 1, 1, 1, 0]),
    promise(
        "Accès à Expensya : saisie automatisée des frais",
        true,
        0.0,
        [1, 1, 0, 1, 0],
    ),
    promise(
        "Enregistrer les factures dans PIA",
        true,
        0.0,
        [1, 1, 1, 1, 10],
    ),
    promise("Accès à Cegid Devis Facture", true, 0.0, [1, 1, 0, 1, 0]),
    promise("Accès à Bankin'", true, 0.0, [1, 1, 0, 1, 0]),
    promise("Bulletins de salaire", true, 0.25, [1, 2, 0, 36, 28]),
    promise("Inventaire", false, 3.0, [4, 1, 0, 1, 31]),
    promise("Point trimestriel", true, 1.0, [2, 2, 0, 4, 0]),
    promise("Conversation \"à la demande\"", true, 0.5, [0, 0, 0, 2, 0]),
];

fn client_name(client: u32) -> String {
    const TRADES: [&str; 8] = [
        "Boulangerie",
        "Garage",
        "Pharmacie",
        "Menuiserie",
        "Librairie",
        "Café",
        "Atelier",
        "Clinique",
    ];
    const PLACES: [&str; 5] = [
        "du Port",
        "de la Gare",
        "des Halles",
        "du Parc",
        "de l'Église",
    ];
    let [trade, place] = [TRADES.len(), PLACES.len()].map(|length| client as usize % length);
    format!("{} {}", TRADES[trade], PLACES[place])
}

fn reference(kind: &str, n: u32, description: &[&str]) -> Value {
    json!({ "objectId": uuid(kind, n), "description": description })
}

fn no_reference() -> Value {
    json!({ "objectId": null, "description": [] })
}

fn file(n: u32, name: &str) -> Value {
    json!({
        "objectId": uuid("file", n),
        "name": name,
        "mimeType": "application/pdf",
        "uri": format!("/files/{name}"),
        "data": "",
    })
}

fn no_file() -> Value {
    json!({ "objectId": null, "name": "", "mimeType": "", "uri": "", "data": "" })
}

fn revision(n: u32) -> String {
    format!("0x{:016X}", 0x0007_26D2 + n)
}

/// A UUID of version 4's form, the same for the same kind and number.
fn uuid(kind: &str, n: u32) -> String {
    let seed = kind.bytes().chain(n.to_be_bytes());
    let high = seed.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let low = high.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(n);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | (low >> 48) & 0x3fff,
        low & 0xffff_ffff_ffff,
    )
}

fn pick<T: Copy>(n: u32, values: &[T]) -> T {
    // Not in step with what else is taken from `n`.
    let index = (n as usize * 7 + n as usize / 11) % values.len();
    values[index]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_firm_has_hundreds_of_letters_and_thousands_of_activities() {
        let Firm {
            letters,
            activities,
        } = Firm::of(2026);
        assert_eq!(letters.len(), 320);
        assert!(activities.len() > 2_500, "{}", activities.len());
    }

    #[test]
    fn no_two_rows_have_the_same_id_and_every_activity_has_its_letter() {
        let Firm {
            letters,
            activities,
        } = Firm::of(2026);
        let ids = |records: &[Record], name: &str| -> BTreeSet<String> {
            let ids = records
                .iter()
                .map(|record| record.row[name].as_str().unwrap_or_default());
            ids.map(str::to_owned).collect()
        };
        let letter_ids = ids(&letters, "objectId");
        assert_eq!(letter_ids.len(), letters.len());
        assert_eq!(ids(&activities, "objectId").len(), activities.len());
        assert_eq!(ids(&activities, "lettreMissionId"), letter_ids);
    }

    #[test]
    fn every_listed_status_and_frequency_occurs() {
        let Firm {
            letters,
            activities,
        } = Firm::of(2026);
        let values = |records: &[Record], name: &str| -> BTreeSet<i64> {
            records
                .iter()
                .filter_map(|record| record.row[name].as_i64())
                .collect()
        };
        assert_eq!(values(&letters, "statut"), (0..=8).collect());
        assert_eq!(values(&activities, "frequence"), (0..=5).collect());
    }
}
