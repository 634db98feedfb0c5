//! Looking for what is new in the searches that are followed.

use codebook::Codebook;
use ledger::{Channel, Moment, Question, Search};
use query::{Answer, Cell, Filter, News, Which};

use crate::asked::{self, Asked};
use crate::desk::Desk;
use crate::error::Error;

/// How long a find waits for `resolution` to say whether it is told already, in milliseconds.
const PATIENCE: i64 = 10 * 60_000;

/// Finds of a search that are looked at in one go.
const FINDS: u32 = 1000;

/// The days of a preview.
pub(crate) const PREVIEW: i64 = 30;
const DAY: i64 = 24 * 3_600_000;

/// The names that a search of a question may ask for.
pub(crate) fn names(question: Question) -> &'static [&'static str] {
    match question {
        Question::Events => asked::EVENTS,
        Question::Claims => asked::CLAIMS,
    }
}

/// What a search looks for among the news.
pub(crate) fn news_of(question: Question) -> News {
    match question {
        Question::Events => News::Events,
        Question::Claims => News::Claims,
    }
}

/// The filter of a search.
///
/// # Errors
/// When it names what the codebook no longer knows.
pub(crate) fn filter(codebook: &Codebook, question: Question, words: &str) -> Result<Filter, Error> {
    Ok(Filter { limit: Some(FINDS), ..Asked::read(Some(words), &[names(question)])?.filter(codebook)? })
}

/// How often a search would have alerted in the last days, and its newest finds.
pub(crate) async fn preview(desk: &Desk, question: Question, filter: Filter) -> Result<(i64, Answer), Error> {
    let which = Which::Since(Moment(desk.now().0 - PREVIEW * DAY));
    let news = news_of(question);
    desk.ask(None, move |record| {
        let n = query::count_news(record, news, &filter, &which)?;
        let newest = Filter { limit: Some(5), ..filter };
        let answer = match question {
            Question::Events => query::events(record, &newest)?,
            Question::Claims => query::claims(record, &newest)?,
        };
        Ok((n, answer))
    })
    .await
}

/// Looks into every search that is followed; gives how many alerts there are. A search whose filter no longer can be read finds
/// nothing, and its page says why.
///
/// # Errors
/// When the ledger cannot be read or written.
pub(crate) async fn look(desk: &Desk) -> Result<usize, Error> {
    let mut n_alerts = 0;
    for search in desk.people(|ledger| ledger.searches())? {
        if let Ok(filter) = filter(desk.codebook(), search.question, &search.filter) {
            n_alerts += look_into(desk, search, filter).await?;
        }
    }
    Ok(n_alerts)
}

async fn look_into(desk: &Desk, search: Search, filter: Filter) -> Result<usize, Error> {
    let question = search.question;
    let newest = desk.people(|ledger| ledger.newest(question))?;
    if newest <= search.seen {
        return Ok(0);
    }
    let (news, which, now) = (news_of(question), Which::Behind(search.seen, search.made_on), desk.now());
    let answer = desk.ask(None, move |record| query::news(record, news, &filter, &which)).await?;
    let integer = |row: usize, column: &str| match answer.cell(row, column) {
        Some(Cell::Integer(n)) => *n,
        _ => 0,
    };
    let mut found = Vec::new();
    // Beyond the limit the next look goes on.
    let mut seen = if answer.cut { search.seen } else { newest };
    for row in 0..answer.rows.len() {
        let key = integer(row, "key");
        let waits = integer(row, "settled") == 0 && now.0 - integer(row, "known") < PATIENCE;
        if waits {
            seen = key - 1;
            break;
        }
        found.push(key);
        seen = seen.max(key);
    }
    let due: Vec<(Channel, Moment)> = [
        search.webhook.as_ref().map(|_| (Channel::Webhook, now)),
        search.mail.as_ref().map(|_| (Channel::Mail, next_digest(now, desk.digest_hour()))),
    ]
    .into_iter()
    .flatten()
    .collect();
    desk.write(move |ledger| ledger.alert(now, &search, &found, seen, &due)).await
}

/// The next time that letters are sent: every day at an hour in UTC.
fn next_digest(now: Moment, hour: u8) -> Moment {
    let at = now.0.div_euclid(DAY) * DAY + i64::from(hour) * 3_600_000;
    Moment(if at > now.0 { at } else { at + DAY })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_once_a_day() {
        let hour = 3_600_000;
        assert_eq!(next_digest(Moment(5 * hour), 6), Moment(6 * hour));
        assert_eq!(next_digest(Moment(6 * hour), 6), Moment(DAY + 6 * hour));
        assert_eq!(next_digest(Moment(DAY + 7 * hour), 6), Moment(2 * DAY + 6 * hour));
    }
}
