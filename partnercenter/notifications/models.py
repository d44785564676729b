"""What people are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from partnercenter.web.templatetags.web import grouped


class Notification(models.Model):
    """A line behind the bell. Its words are made when it is read, in the reader's language."""

    class Kind(models.TextChoices):
        USERS_CREATED = "users_created", _("Users created")
        TAGS_CHANGED = "tags_changed", _("Tags of customers changed")
        USERS_CHANGED = "users_changed", _("Users changed")
        SUBSCRIPTIONS_CHANGED = "subscriptions_changed", _("Subscriptions changed")
        LICENSES_CHANGED = "licenses_changed", _("Licenses of users changed")
        PRIVILEGES_TAKEN_BACK = "privileges_taken_back", _("Delegated admin privileges taken back")
        PRIVILEGES_GRANTED = "privileges_granted", _("Delegated admin privileges granted")
        REQUEST_ACCEPTED = "request_accepted", _("A customer accepted your request")
        REQUEST_DECLINED = "request_declined", _("A customer declined your request")
        REQUEST_ENDING = "request_ending", _("A request is about to expire")
        REQUEST_EXPIRED = "request_expired", _("A request has expired")
        CUSTOMER_BEGUN = "customer_begun", _("You serve a new customer")
        RELATIONSHIP_REMOVED = "relationship_removed", _("A partner no longer serves your organization")
        RELATIONSHIP_ENDED = "relationship_ended", _("A relationship has ended")
        PARTNERSHIP_ACCEPTED = "partnership_accepted", _("A reseller accepted your invitation")
        PARTNERSHIP_DECLINED = "partnership_declined", _("A reseller declined your invitation")
        PARTNERSHIP_REMOVED = "partnership_removed", _("A partnership has ended")
        TRANSFER_ASKED = "transfer_asked", _("A transfer waits for your signature")
        TRANSFER_SENT = "transfer_sent", _("A transfer was requested")
        TRANSFER_SIGNED = "transfer_signed", _("A transfer waits for the review of the current partner")
        TRANSFER_PROPOSED = "transfer_proposed", _("A transfer waits for a second person")
        TRANSFER_ACCEPTED = "transfer_accepted", _("A transfer was accepted")
        TRANSFER_STUCK = "transfer_stuck", _("Something could not be moved")
        TRANSFER_DECLINED = "transfer_declined", _("A transfer was declined")
        TRANSFER_CANCELED = "transfer_canceled", _("A transfer was canceled")
        TRANSFER_ENDING = "transfer_ending", _("A transfer is about to expire")
        TRANSFER_EXPIRED = "transfer_expired", _("A transfer has expired")
        TRANSFER_ENDED = "transfer_ended", _("A transfer has come to its end")
        TRANSFER_RULE_CHANGED = "transfer_rule_changed", _("Who accepts transfers was changed")
        CAMPAIGN_ENDED = "campaign_ended", _("The transfers of a campaign were requested")
        JOB_FAILED = "job_failed", _("Job failed")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40, choices=Kind.choices)
    facts = models.JSONField(default=dict)
    url = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notifications_by_time"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notifications_unread"),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """What happened, in the language that is active."""
        return _SENTENCES[self.Kind(self.kind)](self.facts)


def _failed_sentence(facts: dict[str, Any]) -> str:
    if "customer" in facts:
        return str(gettext("A job for %(customer)s did not finish: %(subject)s.") % facts)
    return str(gettext("A job did not finish: %(subject)s.") % facts)


def _created_sentence(facts: dict[str, Any]) -> str:
    created = facts["created"]
    return ngettext(
        "%(created)s user of %(customer)s was created.",
        "%(created)s users of %(customer)s were created.",
        created,
    ) % {"created": grouped(created), "customer": facts["customer"]}


def _tags_sentence(facts: dict[str, Any]) -> str:
    customers, over_limit = facts["customers"], facts["over_limit"]
    words = {"count": grouped(customers), "subject": facts["subject"], "left": grouped(over_limit)}
    sentence = ngettext(
        "The tags of %(count)s customer are as you chose: %(subject)s.",
        "The tags of %(count)s customers are as you chose: %(subject)s.",
        customers,
    )
    if over_limit:
        sentence = ngettext(
            "The tags of %(count)s customer are as you chose: %(subject)s. "
            "Left out at the limit of %(limit)s tags: %(left)s.",
            "The tags of %(count)s customers are as you chose: %(subject)s. "
            "Left out at the limit of %(limit)s tags: %(left)s.",
            customers,
        )
        words["limit"] = grouped(facts["limit"])
    return sentence % words


def _users_sentence(facts: dict[str, Any]) -> str:
    changed, left = facts["changed"], facts["staff"] + facts["gone"] + bool(facts["admin"])
    sentences = {
        "block": ngettext(
            "The sign-in of %(count)s user of %(customer)s is blocked now.",
            "The sign-in of %(count)s users of %(customer)s is blocked now.",
            changed,
        ),
        "allow": ngettext(
            "%(count)s user of %(customer)s can sign in again.",
            "%(count)s users of %(customer)s can sign in again.",
            changed,
        ),
        "delete": ngettext(
            "%(count)s user of %(customer)s was deleted.", "%(count)s users of %(customer)s were deleted.", changed
        ),
        "restore": ngettext(
            "%(count)s user of %(customer)s was restored.", "%(count)s users of %(customer)s were restored.", changed
        ),
        "role": ngettext(
            "%(count)s user of %(customer)s has another role now.",
            "%(count)s users of %(customer)s have another role now.",
            changed,
        ),
        "location": ngettext(
            "%(count)s user of %(customer)s has another location now.",
            "%(count)s users of %(customer)s have another location now.",
            changed,
        ),
    }
    parts = [sentences[facts["act"]] % {"count": grouped(changed), "customer": facts["customer"]}]
    if left > bool(facts["admin"]):
        why = gettext("Left as they were: %(staff)s of partners, %(gone)s who are not there any more.")
        parts.append(why % {"staff": grouped(facts["staff"]), "gone": grouped(facts["gone"])})
    if facts["admin"]:
        parts.append(gettext("%(name)s had to stay as the last Global admin.") % {"name": facts["admin"]})
    if lost := facts.get("lost"):
        why = ngettext(
            "%(count)s license that they had was not left.", "%(count)s licenses that they had were not left.", lost
        )
        parts.append(why % {"count": grouped(lost)})
    return " ".join(parts)


def _subscriptions_sentence(facts: dict[str, Any]) -> str:
    changed, left = facts["changed"], facts["left"]
    sentences = {
        "suspend": ngettext(
            "%(count)s subscription is suspended now.", "%(count)s subscriptions are suspended now.", changed
        ),
        "reactivate": ngettext(
            "%(count)s subscription is active again.", "%(count)s subscriptions are active again.", changed
        ),
        "reseller": ngettext(
            "%(count)s subscription has the reseller that you chose.",
            "%(count)s subscriptions have the reseller that you chose.",
            changed,
        ),
    }
    return _with_left(sentences[facts["act"]] % {"count": grouped(changed)}, left)


def _licenses_sentence(facts: dict[str, Any]) -> str:
    sentence = gettext("Licenses of users of %(customer)s: %(assigned)s assigned, %(revoked)s revoked.")
    words = {name: grouped(facts[name]) for name in ("assigned", "revoked")} | {"customer": facts["customer"]}
    return _with_left(sentence % words, facts["left"])


def _taken_back_sentence(facts: dict[str, Any]) -> str:
    return str(
        gettext(
            "%(customer)s took the delegated admin privileges back: you can no longer administer its services. "
            "Subscriptions and the relationship go on."
        )
        % facts
    )


def _granted_sentence(facts: dict[str, Any]) -> str:
    return str(gettext("%(customer)s granted delegated admin privileges: you can administer its services.") % facts)


def _transfer_ended_sentence(facts: dict[str, Any]) -> str:
    moved = facts["moved"]
    sentence = ngettext(
        "%(count)s thing of %(customer)s has moved from %(source)s to %(target)s.",
        "%(count)s things of %(customer)s have moved from %(source)s to %(target)s.",
        moved,
    )
    return _with_left(sentence % (facts | {"count": grouped(moved)}), facts["left"])


def _campaign_sentence(facts: dict[str, Any]) -> str:
    sent = facts["sent"]
    sentence = ngettext(
        "%(count)s transfer of the campaign %(name)s is on its way.",
        "%(count)s transfers of the campaign %(name)s are on their way.",
        sent,
    )
    return _with_left(sentence % {"count": grouped(sent), "name": facts["name"]}, facts["left"])


def _removed_sentence(facts: dict[str, Any]) -> str:
    if "provider" in facts:
        sentence = gettext("%(partner)s no longer sells to %(customer)s. It still serves it through %(provider)s.")
    else:
        sentence = gettext(
            "%(partner)s no longer serves %(customer)s: the relationship and its delegated admin privileges have ended."
            " Subscriptions that it sold to you stay suspended until they run out."
        )
    return str(sentence % facts)


def _sentence(text: Promise) -> Callable[[dict[str, Any]], str]:
    """A sentence that only needs its facts put in, and what a person wrote behind it, where they did.

    A `day`, as ISO 8601 writes it, is told in the reader's way.
    """

    def made(facts: dict[str, Any]) -> str:
        said = gettext("“%(words)s”") % {"words": facts["words"]} if facts.get("words") else ""
        return f"{str(text) % _with_day(facts)} {said}".rstrip()

    return made


def _with_day(facts: dict[str, Any]) -> dict[str, Any]:
    if "day" not in facts:
        return facts
    return facts | {"day": date_format(date.fromisoformat(facts["day"]), "DATE_FORMAT")}


def _stuck_sentence(facts: dict[str, Any]) -> str:
    sentence = ngettext(
        "%(count)s thing of %(customer)s could not be moved to %(target)s. Its page says why, and what %(source)s can "
        "do. It is tried again until %(day)s.",
        "%(count)s things of %(customer)s could not be moved to %(target)s. Their page says why, and what %(source)s "
        "can do. They are tried again until %(day)s.",
        facts["left"],
    )
    return sentence % (_with_day(facts) | {"count": grouped(facts["left"])})


def _rule_sentence(facts: dict[str, Any]) -> str:
    if facts["two"]:
        sentence = gettext("%(person)s wants two persons to accept what leaves you for another partner.")
    else:
        sentence = gettext("%(person)s said that one person is enough to accept what leaves you for another partner.")
    return str(sentence % facts)


def _with_left(sentence: str, left: int) -> str:
    """A sentence, and how many could not be done if there are such."""
    if not left:
        return sentence
    why = ngettext("%(count)s was left: the results say why.", "%(count)s were left: the results say why.", left)
    return f"{sentence} {why % {'count': grouped(left)}}"


_SENTENCES: Final[Mapping[Notification.Kind, Callable[[dict[str, Any]], str]]] = {
    Notification.Kind.USERS_CREATED: _created_sentence,
    Notification.Kind.TAGS_CHANGED: _tags_sentence,
    Notification.Kind.USERS_CHANGED: _users_sentence,
    Notification.Kind.SUBSCRIPTIONS_CHANGED: _subscriptions_sentence,
    Notification.Kind.LICENSES_CHANGED: _licenses_sentence,
    Notification.Kind.PRIVILEGES_TAKEN_BACK: _taken_back_sentence,
    Notification.Kind.PRIVILEGES_GRANTED: _granted_sentence,
    Notification.Kind.REQUEST_ACCEPTED: _sentence(
        _("%(customer)s accepted your request and is in your customer list now.")
    ),
    Notification.Kind.REQUEST_DECLINED: _sentence(_("%(customer)s declined your request for a relationship.")),
    Notification.Kind.REQUEST_ENDING: _sentence(
        _("Nobody has answered your request to %(customer)s yet. It expires on %(day)s.")
    ),
    Notification.Kind.REQUEST_EXPIRED: _sentence(
        _("Nobody answered your request to %(customer)s within 90 days. It has expired; you can ask again.")
    ),
    Notification.Kind.CUSTOMER_BEGUN: _sentence(_("%(provider)s made you the reseller of %(customer)s.")),
    Notification.Kind.RELATIONSHIP_REMOVED: _removed_sentence,
    Notification.Kind.RELATIONSHIP_ENDED: _sentence(
        _("%(provider)s ended its relationship with %(customer)s, which you served through it.")
    ),
    Notification.Kind.PARTNERSHIP_ACCEPTED: _sentence(_("%(reseller)s accepted your invitation to a partnership.")),
    Notification.Kind.PARTNERSHIP_DECLINED: _sentence(_("%(reseller)s declined your invitation to a partnership.")),
    Notification.Kind.PARTNERSHIP_REMOVED: _sentence(
        _("%(partner)s removed the partnership with you. Customers and delegated admin privileges stay as they are.")
    ),
    Notification.Kind.TRANSFER_ASKED: _sentence(
        _(
            "%(by)s asks that Azure subscriptions of %(customer)s go from %(source)s to %(target)s. "
            "Sign or decline this until %(day)s; after that it expires."
        )
    ),
    Notification.Kind.TRANSFER_SENT: _sentence(
        _(
            "%(by)s asked that Azure subscriptions of %(customer)s go from %(source)s to %(target)s. "
            "This waits for the signature of %(awaited)s."
        )
    ),
    Notification.Kind.TRANSFER_SIGNED: _sentence(
        _(
            "%(customer)s and %(target)s agree that Azure subscriptions go from %(source)s to %(target)s. "
            "%(source)s reviews this until %(day)s, and chooses what moves."
        )
    ),
    Notification.Kind.TRANSFER_STUCK: _stuck_sentence,
    Notification.Kind.TRANSFER_PROPOSED: _sentence(
        _("%(person)s accepted the transfer of %(customer)s to %(target)s. A second person has to agree.")
    ),
    Notification.Kind.TRANSFER_ACCEPTED: _sentence(
        _("%(source)s accepted: what was chosen of %(customer)s moves to %(target)s now.")
    ),
    Notification.Kind.TRANSFER_DECLINED: _sentence(
        _("%(by)s declined the transfer of %(customer)s from %(source)s to %(target)s.")
    ),
    Notification.Kind.TRANSFER_CANCELED: _sentence(
        _("%(by)s canceled the transfer of %(customer)s from %(source)s to %(target)s.")
    ),
    Notification.Kind.TRANSFER_ENDING: _sentence(
        _("The transfer of %(customer)s from %(source)s to %(target)s waits for you. It expires on %(day)s.")
    ),
    Notification.Kind.TRANSFER_EXPIRED: _sentence(
        _("Nobody answered in time: the transfer of %(customer)s from %(source)s to %(target)s has expired.")
    ),
    Notification.Kind.TRANSFER_ENDED: _transfer_ended_sentence,
    Notification.Kind.TRANSFER_RULE_CHANGED: _rule_sentence,
    Notification.Kind.CAMPAIGN_ENDED: _campaign_sentence,
    Notification.Kind.JOB_FAILED: _failed_sentence,
}


class Mail(models.Model):
    """A mail on its way out: kept until the mail server has taken it, tried again with growing pauses.

    `body` and `html` are blank once it was sent.
    """

    PAUSES: ClassVar = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))

    sender = models.CharField(max_length=320)
    recipients = ArrayField(models.CharField(max_length=320))
    subject = models.CharField(max_length=998)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(sent_at=None), name="mail_to_send")]

    def __str__(self) -> str:
        return self.subject
