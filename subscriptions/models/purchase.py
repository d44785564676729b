"""What every purchase has in common: who sold it, and that a customer whose relationship has ended is sold nothing."""

from __future__ import annotations

import pgtrigger


def sold_by_the_partner_of_the_customer() -> pgtrigger.Trigger:
    """The trigger that sets `partner_id` from the account, whoever writes what.

    It reads the account so that whoever ends the relationship waits for the purchase, and the other way round: nothing
    is bought through an account that has ended (the product rules, section 7).
    """
    return pgtrigger.Trigger(
        name="sold_by_the_partner_of_the_customer",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("customer_id", "partner_id"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        func="""
            SELECT partner_id INTO NEW.partner_id FROM customers_customer
            WHERE id = NEW.customer_id AND ended_at IS NULL FOR SHARE;
            IF NOT FOUND THEN
                RAISE check_violation USING MESSAGE = 'nothing is bought through an account that has ended';
            END IF;
            RETURN NEW;
        """,
    )
