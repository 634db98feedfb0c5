//! Sending what is new: requests to webhooks, signed, and letters. What fails is tried again, later and later.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use intake::{FetchError, Network};
use ledger::{Channel, Delivery, Moment, Search};
use query::{Answer, Cell, Filter, Which};
use serde_json::json;
use text::one_line;

use crate::account::sign;
use crate::desk::Desk;
use crate::error::Error;
use crate::follow::find::news_of;

/// Deliveries in one go.
const AT_ONCE: u32 = 50;
const LETTER: u32 = 500;

/// Minutes until the next try; after the last one it is given up.
const AGAIN: [i64; 8] = [1, 5, 30, 120, 360, 720, 1440, 1440];

/// When a delivery that failed so often is tried again.
fn again(now: Moment, n_tries: u32) -> Option<Moment> {
    let minutes = AGAIN.get(usize::try_from(n_tries).unwrap_or(usize::MAX))?;
    Some(Moment(now.0 + minutes * 60_000))
}

/// Sends what is due.
///
/// # Errors
/// When the ledger cannot be read or written.
pub(crate) async fn send_due(desk: &Desk) -> Result<(), Error> {
    let now = desk.now();
    let searches: BTreeMap<i64, Search> =
        desk.people(|ledger| ledger.searches())?.into_iter().map(|search| (search.search_id, search)).collect();
    let mut knocks: BTreeMap<i64, Vec<Delivery>> = BTreeMap::new();
    for delivery in desk.people(|ledger| ledger.due(now, Channel::Webhook, AT_ONCE))? {
        knocks.entry(delivery.alert.search_id).or_default().push(delivery);
    }
    let knocking = knocks.iter().filter_map(|(search_id, deliveries)| Some(knock_all(desk, searches.get(search_id)?, deliveries)));
    // One receiver that does not answer keeps no other waiting.
    join_all(knocking).await.into_iter().collect::<Result<Vec<()>, Error>>()?;
    let mut letters: BTreeMap<i64, Vec<Delivery>> = BTreeMap::new();
    for delivery in desk.people(|ledger| ledger.due(now, Channel::Mail, LETTER))? {
        letters.entry(delivery.alert.search_id).or_default().push(delivery);
    }
    for (search_id, deliveries) in letters {
        if let Some(search) = searches.get(&search_id) {
            let sent = write_letter(desk, search, &deliveries).await?;
            settle(desk, &deliveries, sent).await?;
        }
    }
    Ok(())
}

/// Knocks at a search's webhook for one alert after the other, until one is not taken: the others wait for the next round.
async fn knock_all(desk: &Desk, search: &Search, deliveries: &[Delivery]) -> Result<(), Error> {
    for delivery in deliveries {
        let sent = knock(desk, search, delivery).await?;
        let is_well = matches!(sent, Sent::Well);
        settle(desk, std::slice::from_ref(delivery), sent).await?;
        if !is_well {
            break;
        }
    }
    Ok(())
}

/// How sending ended.
enum Sent {
    Well,
    Badly(String),
    /// The receiver wants nothing more of it.
    Unwanted(String),
}

async fn settle(desk: &Desk, deliveries: &[Delivery], sent: Sent) -> Result<(), Error> {
    let (now, deliveries) = (desk.now(), deliveries.to_vec());
    desk.write(move |ledger| {
        for delivery in &deliveries {
            match &sent {
                Sent::Well => ledger.delivered(now, delivery.delivery_id)?,
                Sent::Badly(fault) => ledger.undelivered(now, delivery.delivery_id, fault, again(now, delivery.n_tries))?,
                Sent::Unwanted(fault) => ledger.undelivered(now, delivery.delivery_id, fault, None)?,
            }
        }
        Ok(())
    })
    .await
}

/// Finds of a search by their keys, as `query::news` tells them.
pub(crate) async fn finds(desk: &Desk, search: &Search, keys: Vec<i64>) -> Result<query::Answer, Error> {
    let news = news_of(search.question);
    desk.ask(None, move |record| query::news(record, news, &Filter::default(), &Which::Keys(keys))).await
}

/// A cell as it prints; empty where there is nothing.
pub(crate) fn cell_text(answer: &Answer, row: usize, column: &str) -> String {
    answer.cell(row, column).map(Cell::to_string).unwrap_or_default()
}

/// Where a find is shown.
pub(crate) fn address(base: &str, search: &Search, key: i64, story: &str) -> String {
    match search.question {
        ledger::Question::Events => format!("{base}/events/{key}"),
        ledger::Question::Claims => format!("{base}/stories/{story}"),
    }
}

/// Sends one alert to a webhook: a body of JSON, signed with the search's key over the moment and the body.
async fn knock(desk: &Desk, search: &Search, delivery: &Delivery) -> Result<Sent, Error> {
    let (Some(hook), Some(key)) = (search.webhook.clone(), search.webhook_key.clone()) else {
        return Ok(Sent::Unwanted("the search has no webhook".to_owned()));
    };
    let answer = finds(desk, search, vec![delivery.alert.key]).await?;
    let found = answer.json_rows().next().and_then(|row| serde_json::from_str::<serde_json::Value>(&row).ok());
    let story = cell_text(&answer, 0, "story");
    let body = json!({
        "alert": delivery.alert.alert_id,
        "search": { "id": search.search_id, "name": search.name, "question": search.question.word(), "filter": search.filter },
        "found_on": delivery.alert.found_on.0,
        "address": desk.public().map(|base| address(base, search, delivery.alert.key, &story)),
        // Nothing where it was retired since by a newer reading.
        "found": found,
    })
    .to_string();
    let seconds = (desk.now().0 / 1000).to_string();
    let signature = format!("t={seconds},v1={}", sign(&key, format!("{seconds}.{body}").as_bytes()));
    let network = Network { allow_private: desk.allows_private(), ..Network::default() };
    let id = delivery.alert.alert_id.to_string();
    let sent = desk
        .blocking(move || {
            let headers = [
                ("content-type", "application/json"),
                ("x-whimbrel-signature", signature.as_str()),
                ("x-whimbrel-alert", id.as_str()),
            ];
            intake::post(&network, &hook, &headers, body.as_bytes())
        })
        .await?;
    Ok(match sent {
        Ok(()) => Sent::Well,
        Err(FetchError::Status { status: 410, .. }) => Sent::Unwanted("the receiver answered 410, gone".to_owned()),
        Err(error) => Sent::Badly(error.to_string()),
    })
}

/// A find on one line of a letter.
fn line(answer: &Answer, row: usize) -> String {
    let text = |column: &str| cell_text(answer, row, column);
    let parts = ["day", "what", "who", "whom", "place"].map(text);
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    let head = one_line(&parts.join(" · "));
    let words = one_line(&text("words")).chars().take(200).collect::<String>();
    let from = one_line(&format!("{} {}", text("publisher"), text("url")));
    format!("- {head}: “{words}” ({})", from.trim())
}

async fn write_letter(desk: &Desk, search: &Search, deliveries: &[Delivery]) -> Result<Sent, Error> {
    let (Some(mail), Some(to)) = (desk.mail(), search.mail.clone()) else {
        return Ok(Sent::Badly("the desk was started without a mail server".to_owned()));
    };
    let answer = finds(desk, search, deliveries.iter().map(|delivery| delivery.alert.key).collect()).await?;
    let lines: Vec<String> = (0..answer.rows.len()).map(|row| line(&answer, row)).collect();
    let end = desk.public().map(|base| format!("\n{base}/follow\n")).unwrap_or_default();
    let body = format!("New in “{}”:\n\n{}\n{end}", one_line(&search.name), lines.join("\n"));
    let subject = format!("{} new in {}", deliveries.len(), one_line(&search.name));
    let mail = mail.clone();
    let sent = desk.blocking(move || mail.send(&to, &subject, body)).await?;
    Ok(match sent {
        Ok(()) => Sent::Well,
        Err(error) => Sent::Badly(error.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_later_and_later_and_end() {
        let waits: Vec<i64> = (0..9).map_while(|n| Some(again(Moment(0), n)?.0)).collect();
        assert_eq!(waits.len(), AGAIN.len());
        assert!(waits.is_sorted() && again(Moment(0), 8).is_none());
    }
}
