"""What was done, by whom, to which customer: written once, never changed."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partnercenter.directory.models import Tenant
from partnercenter.partners.models import Partner


class Deed(models.TextChoices):
    """What can stand in the log. Apps above add their own words here: one vocabulary for the whole portal."""

    ACCOUNT_CHANGED = "account_changed", _("Account information changed")
    USERS_UPLOADED = "users_uploaded", _("User file uploaded")
    UPLOAD_READ_AGAIN = "upload_read_again", _("User file read in another way")
    UPLOAD_CHECKED_AGAIN = "upload_checked_again", _("User file checked again")
    UPLOAD_CORRECTED = "upload_corrected", _("Row of a user file corrected")
    UPLOAD_DISCARDED = "upload_discarded", _("User file discarded")
    USER_CREATION_STARTED = "user_creation_started", _("Creation of users started")
    USERS_CREATED = "users_created", _("Users created")
    USER_ADDED = "user_added", _("User added")
    USER_EDITED = "user_edited", _("User changed")
    USER_BLOCKED = "user_blocked", _("Sign-in of a user blocked")
    USER_ALLOWED = "user_allowed", _("Sign-in of a user allowed")
    USER_DELETED = "user_deleted", _("User deleted")
    USER_RESTORED = "user_restored", _("User restored")
    USERS_BLOCKED = "users_blocked", _("Sign-in of users blocked")
    USERS_ALLOWED = "users_allowed", _("Sign-in of users allowed")
    USERS_DELETED = "users_deleted", _("Users deleted")
    USERS_RESTORED = "users_restored", _("Users restored")
    USERS_ROLE_CHANGED = "users_role_changed", _("Role of users changed")
    USERS_LOCATION_CHANGED = "users_location_changed", _("Location of users changed")
    USERS_PURGED = "users_purged", _("Deleted users removed for good")
    PASSWORD_RESET = "password_reset", _("Password of a user reset")
    DOMAIN_ADDED = "domain_added", _("Domain added")
    DOMAIN_VERIFIED = "domain_verified", _("Domain verified")
    DOMAIN_MADE_PRIMARY = "domain_made_primary", _("Primary domain changed")
    DOMAIN_REMOVED = "domain_removed", _("Domain removed")
    TAGS_CHANGED = "tags_changed", _("Tags of customers changed")
    TAG_CREATED = "tag_created", _("Tag created")
    TAG_EDITED = "tag_edited", _("Tag changed")
    TAGS_MERGED = "tags_merged", _("Tags merged")
    TAG_DELETED = "tag_deleted", _("Tag deleted")
    VIEW_SHARED = "view_shared", _("View shared with colleagues")
    SHARED_VIEW_CHANGED = "shared_view_changed", _("Shared view changed")
    SHARED_VIEW_DELETED = "shared_view_deleted", _("Shared view deleted")
    JOB_CANCELED = "job_canceled", _("Job canceled")
    PASSWORDS_HANDED_OUT = "passwords_handed_out", _("Temporary passwords handed out")
    AGREEMENT_ATTESTED = "agreement_attested", _("Customer agreement attested")
    QUALIFICATION_CHANGED = "qualification_changed", _("Special qualification changed")
    PRIVILEGES_TAKEN_BACK = "privileges_taken_back", _("Delegated admin privileges taken back by the customer")
    PRIVILEGES_GRANTED = "privileges_granted", _("Delegated admin privileges granted by the customer")
    ORDER_PLACED = "order_placed", _("Order placed")
    SUBSCRIPTION_BOUGHT = "subscription_bought", _("Subscription bought")
    SUBSCRIPTION_CHANGED = "subscription_changed", _("Subscription changed")
    SUBSCRIPTION_SUSPENDED = "subscription_suspended", _("Subscription suspended")
    SUBSCRIPTION_REACTIVATED = "subscription_reactivated", _("Subscription reactivated")
    SUBSCRIPTION_CANCELED = "subscription_canceled", _("Subscription canceled")
    SUBSCRIPTION_RENEWED = "subscription_renewed", _("Subscription renewed")
    SUBSCRIPTION_EXPIRED = "subscription_expired", _("Subscription expired")
    SUBSCRIPTION_DISABLED = "subscription_disabled", _("Subscription disabled")
    SUBSCRIPTION_DELETED = "subscription_deleted", _("Subscription deleted")
    SUBSCRIPTIONS_SUSPENDED = "subscriptions_suspended", _("Subscriptions suspended")
    SUBSCRIPTIONS_REACTIVATED = "subscriptions_reactivated", _("Subscriptions reactivated")
    SUBSCRIPTIONS_RESELLER_CHANGED = "subscriptions_reseller_changed", _("Reseller of subscriptions changed")
    AZURE_ADDED = "azure_added", _("Azure subscription added")
    ROLE_ASSIGNED = "role_assigned", _("Azure role assigned")
    ROLE_REMOVED = "role_removed", _("Azure role removed")
    RESERVATION_BOUGHT = "reservation_bought", _("Reservation bought")
    RESERVATION_CHANGED = "reservation_changed", _("Reservation changed")
    RESERVATION_CANCELED = "reservation_canceled", _("Reservation canceled")
    RESERVATION_EXPIRED = "reservation_expired", _("Reservation expired")
    SOFTWARE_BOUGHT = "software_bought", _("Software bought")
    SOFTWARE_CANCELED = "software_canceled", _("Software purchase canceled")
    LICENSES_CHANGED = "licenses_changed", _("Licenses of users changed")
    CUSTOMER_ADDED = "customer_added", _("Customer added")
    RELATIONSHIP_REQUESTED = "relationship_requested", _("Relationship requested")
    REQUEST_RESENT = "request_resent", _("Request for a relationship sent")
    REQUEST_WITHDRAWN = "request_withdrawn", _("Request for a relationship withdrawn")
    REQUEST_ACCEPTED = "request_accepted", _("Request for a relationship accepted by the customer")
    REQUEST_DECLINED = "request_declined", _("Request for a relationship declined by the customer")
    REQUEST_EXPIRED = "request_expired", _("Request for a relationship expired")
    RELATIONSHIP_BEGUN = "relationship_begun", _("Relationship begun by the provider")
    RELATIONSHIP_REMOVED = "relationship_removed", _("Relationship removed")
    RELATIONSHIP_ENDED = "relationship_ended", _("Relationship ended by the provider")
    PARTNERSHIP_INVITED = "partnership_invited", _("Reseller invited to a partnership")
    PARTNERSHIP_RESENT = "partnership_resent", _("Invitation to a partnership sent again")
    PARTNERSHIP_WITHDRAWN = "partnership_withdrawn", _("Invitation to a partnership withdrawn")
    PARTNERSHIP_ACCEPTED = "partnership_accepted", _("Partnership accepted by the reseller")
    PARTNERSHIP_DECLINED = "partnership_declined", _("Partnership declined by the reseller")
    PARTNERSHIP_EXPIRED = "partnership_expired", _("Invitation to a partnership expired")
    PARTNERSHIP_REMOVED = "partnership_removed", _("Partnership removed")
    TRANSFER_ASKED = "transfer_asked", _("Transfer requested")
    TRANSFER_SIGNED = "transfer_signed", _("Transfer agreed to")
    TRANSFER_PROPOSED = "transfer_proposed", _("Transfer accepted by the first of two persons")
    TRANSFER_CHOICE_TAKEN_BACK = "transfer_choice_taken_back", _("Acceptance of the first of two persons taken back")
    TRANSFER_ACCEPTED = "transfer_accepted", _("Transfer accepted by the current partner")
    TRANSFER_DECLINED = "transfer_declined", _("Transfer declined")
    TRANSFER_CANCELED = "transfer_canceled", _("Transfer canceled")
    TRANSFER_EXPIRED = "transfer_expired", _("Transfer expired")
    TRANSFER_ENDED = "transfer_ended", _("Transfer has come to its end")
    CAMPAIGN_UPLOADED = "campaign_uploaded", _("File of a campaign uploaded")
    CAMPAIGN_DISCARDED = "campaign_discarded", _("Campaign discarded")
    CAMPAIGN_SENT = "campaign_sent", _("Campaign signed and sent")
    CAMPAIGN_ENDED = "campaign_ended", _("Transfers of a campaign requested")
    HAND_OVER_TICKED = "hand_over_ticked", _("Point of a hand-over ticked off")
    SUBSCRIPTION_TRANSFERRED = "subscription_transferred", _("Subscription transferred")
    RESERVATION_TRANSFERRED = "reservation_transferred", _("Reservation transferred")
    TWO_ACCEPT_CHANGED = "two_accept_changed", _("Number of persons who accept transfers changed")
    REFUSED = "refused", _("Refused: no permission")


class Activity(models.Model):
    """One line of a partner's log.

    Names are kept as they were when it happened, so that a line reads the same after a rename or removal.
    `details` maps the name of a thing to `[old, new]` for a change, or to a single value. `subject_id` is the GUID of
    the thing, where things of its kind have a history of their own: a subscription, a reservation, a purchase.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="+")
    customer_name = models.CharField(max_length=255, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=113, blank=True)
    deed = models.CharField(max_length=40, choices=Deed.choices)
    details = models.JSONField(default=dict)
    subject_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "activities"
        indexes = [
            models.Index(fields=["partner", "-at", "-id"], name="activity_by_time"),
            models.Index(fields=["partner", "customer", "-at", "-id"], name="activity_of_a_customer"),
            models.Index(
                fields=["subject_id", "-at", "-id"],
                condition=models.Q(subject_id__isnull=False),
                name="activity_of_a_subject",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.get_deed_display()}"
