"""What this service refuses, for the catalogue of problems."""

from entente_eventkit.shell.kinds import Kind

PROBLEMS = (
    Kind(
        "unknown-party", 422, "There is no such party",
        "The code is neither that of a state (ISO 3166-1, or 3166-3 for one that is no more) nor the name of a registered body.",
        "Send a state's alpha-3 code, such as FRA, or register the body first.",
    ),
    Kind(
        "no-such-agreement", 404, "There is no such agreement", "No agreement of this id was registered, or not by the day of knowledge.",
        "Take the id from GET /partnerships/agreements, or open the agreement first.",
    ),
    Kind(
        "no-such-body", 404, "There is no such body", "No body of this short name is registered.",
        "Take the name from GET /partnerships/bodies, or register the body first.",
    ),
    Kind(
        "agreement-exists", 409, "The agreement is registered already", "The id was taken by an earlier opening.",
        "Choose another id, or record acts of the agreement that is there.",
    ),
    Kind(
        "body-exists", 409, "The body is registered already", "The short name was taken by an earlier registration.",
        "Choose another short name, or record memberships of the body that is there.",
    ),
    Kind(
        "other-terms", 409, "The agreement is registered with other terms", "What was sent and what is there are not the same agreement.",
        "Take it over under another id, or record the difference as an amendment or a correction.",
    ),
    Kind(
        "other-body", 409, "The body is registered otherwise", "What was sent and what is there differ in name, kind or rule.",
        "Take it over as it is registered, or under another short name.",
    ),
    Kind(
        "name-of-a-state", 422, "A body cannot have a state's code", "The short name is a code of ISO 3166.",
        "Choose another short name.",
    ),
    Kind(
        "contradicting-terms", 422, "The terms contradict themselves", "Two parts of an agreement's terms cannot both hold.",
        "Mend the place that the answer names.",
    ),
    Kind("not-yet", 422, "That day has not come", "An act is recorded once it has happened.", "Send a day up to today."),
    Kind(
        "before-opened", 422, "That lies before the opening", "No act of an agreement lies before its opening.",
        "Send a later day, or correct the opening first.",
    ),
    Kind(
        "not-open-to", 422, "The agreement is not open to that party", "The terms name who may become a party.",
        "Name one of them, or register the agreement with other terms.",
    ),
    Kind(
        "done-already", 409, "That was recorded already", "The party did the same before, and has not undone it.",
        "Correct the earlier act where its day is wrong.",
    ),
    Kind(
        "succession-later", 422, "The succession comes after its notification", "A succession is notified once it has happened.",
        "Send the day of the succession.",
    ),
    Kind(
        "not-applied", 422, "It was not applied provisionally", "What never began cannot end.",
        "Record the beginning first, or correct the day.",
    ),
    Kind(
        "reservations-prohibited", 422, "No reservations may be made", "The agreement's terms prohibit reservations.",
        "Record none, or register the agreement with other terms.",
    ),
    Kind(
        "reservation-exists", 409, "A reservation has that name", "Each reservation of an agreement has a name of its own.",
        "Choose another name.",
    ),
    Kind(
        "no-such-provision", 422, "There is no such provision", "The agreement has no provision of that key.",
        "Name provisions that it has.",
    ),
    Kind(
        "no-part", 422, "The party takes no part", "It has neither signed the agreement nor consented to it.",
        "Record that first, or correct the party.",
    ),
    Kind(
        "too-late", 422, "That comes too late", "A reservation is made by the day of consent.",
        "Send a day up to the party's consent.",
    ),
    Kind(
        "no-such-reservation", 422, "There is no such reservation", "By that day that party had made no reservation of that name.",
        "Name one that was made by then.",
    ),
    Kind(
        "own-reservation", 422, "The reservation is its own", "Nobody objects to its own reservation.",
        "Record that it was withdrawn.",
    ),
    Kind(
        "amendment-exists", 409, "An amendment has that name", "Each amendment of an agreement has a name of its own.",
        "Choose another name.",
    ),
    Kind(
        "suspended-already", 409, "It is suspended already", "What is suspended is not suspended again.",
        "Correct the day, or record the resumption first.",
    ),
    Kind(
        "not-suspended", 422, "It is not suspended", "Only what is suspended on that day can be resumed.",
        "Name what is suspended, or correct the day.",
    ),
    Kind(
        "not-a-party", 422, "It is no party", "The party has not consented to be bound by that day.",
        "Record its consent first, or correct the party or the day.",
    ),
    Kind(
        "too-soon", 422, "That takes effect too soon", "A notice runs for as long as the agreement says.",
        "Leave the day out, or send a later one.",
    ),
    Kind("no-notice", 422, "There is no notice", "The party had given none by that day.", "Correct the party or the day."),
    Kind(
        "took-effect", 422, "The notice took effect", "A notice is taken back before it takes effect, not later.",
        "Send an earlier day; afterwards a party comes back by a new consent.",
    ),
    Kind(
        "without-term", 422, "It has no term", "Only an agreement with a term can be renewed.",
        "Record nothing: it goes on by itself.",
    ),
    Kind("ends-before", 422, "It would end before it is renewed", "The new end lies before the renewal.", "Send a later end."),
    Kind(
        "ended-already", 409, "The agreement has ended", "An agreement ends for all once.",
        "Correct the act that ended it, where its day is wrong.",
    ),
    Kind(
        "no-such-step", 422, "There is no such step", "The number is that of no step that could be corrected.",
        "Take the number from the agreement's or body's own page.",
    ),
    Kind(
        "no-act", 422, "The step is itself a correction", "What is corrected is an act, not a correction.",
        "Correct the act, or annul the correction.",
    ),
    Kind("annulled-already", 422, "The step is annulled", "What never happened has no day.", "Annul the annulment first."),
    Kind(
        "opening-stays", 422, "An opening is not annulled", "Without its opening there is no agreement.",
        "Correct the opening's day, or end the agreement.",
    ),
    Kind("nothing-changes", 422, "Nothing would change", "The step has that day already.", "Send another day."),
    Kind(
        "not-a-member", 422, "It does not belong to the body", "Only who belongs on that day can be suspended or leave.",
        "Record that it joined first, or correct the member or the day.",
    ),
    Kind("own-member", 422, "A body cannot belong to itself", "The member is the body.", "Name another member."),
    Kind("not-a-pair", 422, "A pair needs two parties", "The same party was named twice.", "Name two different parties."),
    Kind(
        "in-the-future", 422, "Nobody knows that yet", "The day of knowledge is after the clock's today.",
        "Ask by what was known on a day up to today.",
    ),
    Kind("beyond-all-records", 422, "That day is beyond all records", "The day asked about is too far away.", "Ask about another day."),
    Kind(
        "no-such-channel", 404, "There is no such channel", "No channel of this name was there, or not by then.",
        "Take the name from GET /partnerships/channels, or establish it first.",
    ),
    Kind(
        "channel-exists", 409, "The channel is there already", "The name was taken by an earlier channel.",
        "Choose another name.",
    ),
    Kind(
        "channel-closed", 409, "The channel was closed", "What is closed is neither tested nor reported on.",
        "Establish another.",
    ),
    Kind(
        "before-established", 422, "That lies before the channel was established", "Nothing happens to a channel before it is there.",
        "Send a later day.",
    ),
    Kind(
        "contradicting-test", 422, "The test contradicts itself", "An answer takes some seconds, and silence none.",
        "Send `after` with a test that was answered, and only then.",
    ),
    Kind(
        "no-such-engagement", 404, "There is no such engagement", "No engagement of this name was planned.",
        "Take the name from GET /partnerships/engagements, or plan it first.",
    ),
    Kind(
        "engagement-exists", 409, "The engagement is there already", "The name was taken by an earlier engagement.",
        "Choose another name.",
    ),
    Kind(
        "not-planned-any-more", 409, "It is not planned any more", "It was held or cancelled.",
        "Plan another one.",
    ),
    Kind(
        "commitment-exists", 409, "A commitment has that name", "Each commitment of an engagement has a name of its own.",
        "Choose another name.",
    ),
    Kind(
        "no-such-commitment", 404, "There is no such commitment", "The engagement has no commitment of that name.",
        "Record it first, or name one that it has.",
    ),
    Kind(
        "not-a-participant", 422, "It does not take part", "Only who takes part promises something there.",
        "Name one who takes part.",
    ),
    Kind(
        "done-with", 409, "The commitment is done with", "It was kept or released before.",
        "Record it once.",
    ),
    Kind(
        "named-twice", 422, "Something is named twice", "Each party or theme is named once.",
        "Take one of the two away.",
    ),
    Kind(
        "unknown-theme", 422, "There is no such theme", "The published vocabulary has no theme of that name.",
        "Name a theme of GET /partnerships/priorities/vocabulary.",
    ),
)  # fmt: skip
