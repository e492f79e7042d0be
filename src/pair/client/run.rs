//! A client's run: the first visit, the questions to the person, the session.

use super::caller::Caller;
use super::greeting::{ServerReply, Welcome};
use super::line_secret::{LineSecret, LineWish, NewCode};
use super::options::{Client, ClientEnd, RoomWelcome};
use super::question::ResumeAnswer;
use super::unfinished::{note_end, question};
use super::visit::{Arrived, Visit};
use crate::games::capital;
use crate::journal::{Header, Journal, Ledger, Pass};
use crate::net::{Exit, Signals, new_chance, new_ticket};
use crate::pair::code_question::CodeQuestion;
use crate::pair::conversation::{Conversation, ConversationEnd, SessionStart};
use crate::pair::error::PairError;
use crate::pair::handshake::HandshakeError;
use crate::pair::name_question::NameQuestion;
use crate::pair::restore::restore;
use crate::pair::secured::{Acquaintance, Secured};
use crate::pair::speaker::Speaker;
use crate::pair::wire_choice::WireChoice;
use crate::session::{Input, Loss, Role, Session};
use crate::wire::{Control, Dialect, LineKey, Membership, Name};

impl Client {
    /// Connects, greets, and runs the session until one of the two leaves. Turns are recorded in
    /// `journal`. If the server is a room, returns after its welcome.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn run<S: Speaker>(
        mut self,
        mut journal: Option<&mut Journal>,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<ClientEnd, PairError> {
        let remembered = self.remembered(journal.as_deref())?;
        if let Some(dialect) = remembered {
            self.wire = WireChoice::Only(dialect);
        }
        let may_greet = self.may_greet();
        let mut passes = match &journal {
            Some(journal) if may_greet && !self.resume => {
                vec![Pass::take(journal, self.room_login())?]
            }
            _ => Vec::new(),
        };
        let mut known = passes.first().and_then(Pass::ticket);
        let unfinished = match &journal {
            Some(journal) if may_greet => {
                journal.unfinished(&self.address.host, self.address.port)?
            }
            _ => None,
        };
        let mut resumed = match (&journal, &unfinished) {
            _ if !self.resume => None,
            (Some(journal), Some(unfinished)) => {
                let recall = speaker.recalls();
                Some(restore(journal, unfinished, new_chance()?, recall)?)
            }
            _ => return Err(PairError::NothingToResume(self.address)),
        };
        let mut name_question = (speaker.can_ask() && may_greet && !self.resume)
            .then(|| NameQuestion::new(self.name.is_some()));
        let key = unfinished.as_ref().and_then(|over| over.header.key.clone());
        let mut secret = LineSecret::new(&self.line, key.clone().filter(|_| self.resume));
        if let (LineWish::Private(_), Some(journal)) = (&self.line, &journal) {
            let of_room = passes.iter().filter_map(Pass::key);
            let partners = journal.partners()?.into_iter().map(|partner| partner.key);
            secret.propose(key.clone().into_iter().chain(of_room).chain(partners));
        }
        let mut can = speaker.abilities();
        // A partner is remembered by its name.
        can.partners = journal.is_some() && self.name.is_some();
        let mut code_question = CodeQuestion::new(self.line.code().cloned());
        let mut arrived = loop {
            let visit = match &resumed {
                Some((session, _)) => Visit::resume(session, can, secret.clone()),
                None => Visit {
                    standing: None,
                    known,
                    unfinished: unfinished.as_ref().map(|over| over.header.ticket.handle()),
                    can,
                    sees: speaker.sees(),
                    asks: name_question.is_some() && self.name.is_none(),
                    secret: secret.clone(),
                },
            };
            let arrived = self.visit(visit, speaker, signals).await;
            let error = match &arrived {
                Err(Err(PairError::Handshake(error))) => error,
                _ => break arrived,
            };
            if let (HandshakeError::NoLine(why), LineWish::Private(_)) = (error, &self.line)
                && let Some(why) = NewCode::after(why)
                && (why == NewCode::First || speaker.can_ask())
            {
                if why == NewCode::Next {
                    speaker.warn(&format!("{}.", capital(&error.to_string())));
                }
                match code_question.ask(speaker, signals).await {
                    Ok(code) => secret.enter(code),
                    Err(ended) => break Err(ended.map(ClientEnd::Session)),
                }
                continue;
            }
            let HandshakeError::Name(why) = error else {
                break arrived;
            };
            let Some(question) = &mut name_question else {
                break arrived;
            };
            match question.ask(why, speaker, signals).await {
                Ok(name) => self.name = Some(name),
                Err(ended) => break Err(ended.map(ClientEnd::Session)),
            }
            // The person may have been in this room under this name.
            if let Some(journal) = &journal {
                passes.retain(|pass| !pass.is_named());
                let named = Pass::take(journal, self.room_login())?;
                known = named.ticket();
                passes.push(named);
            }
        };
        if resumed.is_none()
            && let (Some(over), Some(journal)) = (&unfinished, &journal)
            && let Some(question) = question(&arrived)
            && speaker.can_ask()
        {
            let partner = over.header.partner.as_deref().unwrap_or("the server");
            match question.ask(partner, speaker, signals).await {
                ResumeAnswer::Yes => {
                    let mut secret = LineSecret::new(&self.line, key);
                    if let Ok(arrived) = arrived {
                        arrived.connection.close().await;
                        secret.propose(arrived.secured.map(|secured| secured.key));
                    }
                    let again = restore(journal, over, new_chance()?, speaker.recalls())?;
                    let visit = Visit::resume(&again.0, can, secret);
                    arrived = self.return_to_seat(visit, speaker, signals).await;
                    resumed = Some(again);
                }
                ResumeAnswer::No => {}
                ResumeAnswer::Ended(ended) => arrived = Err(ended.map(ClientEnd::Session)),
            }
        }
        if let (Ok(Arrived { dialect, .. }), Some(journal)) = (&arrived, &mut journal) {
            self.remember(*dialect, journal);
        }
        let (connection, dialect, secured, welcome) = match arrived {
            Ok(Arrived {
                connection,
                dialect,
                secured,
                reply: ServerReply::Pair(welcome),
            }) => (connection, dialect, secured, welcome),
            Ok(Arrived {
                connection,
                secured,
                reply: ServerReply::Room(welcome, entry),
                ..
            }) => {
                let key = secured.map(|secured| {
                    Secured::announce_alone(speaker);
                    match &welcome {
                        Control::Welcome {
                            room: Some(Membership { key: Some(key), .. }),
                            ..
                        } => key.clone(),
                        _ => secured.key,
                    }
                });
                if let Some(journal) = journal {
                    for pass in &mut passes {
                        pass.remember(journal, entry.ticket, key.as_ref())?;
                    }
                }
                return Ok(ClientEnd::Room(Box::new(RoomWelcome {
                    connection,
                    key,
                    ticket: entry.ticket,
                    entrance: entry.entrance,
                    passes,
                    welcome,
                    client: self,
                })));
            }
            Err(ended) => {
                speaker.finish().await;
                let Some(over) = unfinished else {
                    return ended;
                };
                if matches!(&ended, Err(PairError::Handshake(HandshakeError::Ended(_)))) {
                    note_end(journal, &over)?;
                }
                return match ended {
                    Err(PairError::Handshake(busy)) if resumed.is_none() => {
                        Err(self.way_back(busy).into())
                    }
                    ended => ended,
                };
            }
        };
        speaker.line(&format!("Connected to: {}", self.address));
        self.tell_dialect(dialect, remembered, speaker);
        let partner = welcome.name.as_ref().map(Name::to_string);
        match (&secured, &resumed) {
            (Some(secured), None) => secured.announce(speaker),
            (Some(_), Some(_)) => Secured::announce_alone(speaker),
            (None, _) => {}
        }
        speaker.introduce(welcome.name.clone());
        if let (Some(secured), None, Some(journal)) = (&secured, &resumed, &mut journal) {
            let acquaintance = Acquaintance::of(can, welcome.can);
            let recognition = secured.recognize(welcome.name.as_ref(), acquaintance, journal);
            recognition.tell(speaker);
        }
        let key = secured.map(|secured| secured.key);
        let start = match (resumed, unfinished, journal.take()) {
            (Some((mut session, mut effects)), Some(unfinished), Some(journal)) => {
                let theirs = welcome.standing.ok_or(HandshakeError::Unexpected)?;
                effects.extend(session.handle(Input::Met(welcome.can)));
                effects.extend(session.handle(Input::Back(theirs)));
                let mut ledger = Ledger::resume(journal, &unfinished)?;
                if let Some(key) = &key {
                    ledger.make_private(key)?;
                }
                SessionStart {
                    session,
                    effects,
                    ledger,
                    reconnect: self.reconnect,
                    idle: None,
                }
            }
            (_, unfinished, journal) => {
                // A server that answers the question about it cannot resume it, or we were asked.
                if unfinished.is_some() && welcome.unfinished.is_none() {
                    let command = self.resume_command();
                    speaker.hint(&format!(
                        "The journal has an unfinished session with this server: `{command}` \
                         resumes it."
                    ));
                }
                self.begin(welcome, dialect, partner, key.clone(), journal)?
            }
        };
        let mut caller = Caller {
            client: &self,
            can,
            key,
            attempts: 0,
        };
        let conversation = Conversation::new(
            Role::Client,
            start,
            connection,
            &mut caller,
            speaker,
            signals,
        );
        Ok(ClientEnd::Session(match conversation.run().await? {
            ConversationEnd::Over(exit) => exit,
            ConversationEnd::NothingSaid | ConversationEnd::Unanswered => Exit::Goodbye,
        }))
    }

    /// A new session with a server whose end has come this far. A server without a standing does not
    /// wait for us to reconnect.
    fn begin<'journal>(
        &self,
        welcome: Welcome,
        dialect: Dialect,
        partner: Option<String>,
        key: Option<LineKey>,
        journal: Option<&'journal mut Journal>,
    ) -> Result<SessionStart<'journal>, PairError> {
        let Welcome { standing, can, .. } = welcome;
        let (ticket, loss) = match &standing {
            Some(standing) if !self.reconnect.is_zero() => (standing.session, Loss::Waits),
            Some(standing) => (standing.session, Loss::Ends),
            None => (new_ticket()?, Loss::Ends),
        };
        let (mut session, mut effects) =
            Session::start(Role::Client, dialect, ticket, loss, new_chance()?);
        effects.extend(session.handle(Input::Met(can)));
        if standing.is_some_and(|theirs| session.meets(&theirs).is_err()) {
            return Err(HandshakeError::Unexpected.into());
        }
        let header = Header {
            role: Role::Client,
            ticket,
            dialect,
            host: self.address.host.clone(),
            port: self.address.port,
            me: self.name.as_ref().map(Name::to_string),
            partner,
            key,
        };
        Ok(SessionStart {
            session,
            effects,
            ledger: Ledger::begin(journal, header),
            reconnect: self.reconnect,
            idle: None,
        })
    }
}
