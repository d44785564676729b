"""How partners and customers come together and part."""

from relationships.models.new_customer import NewCustomer
from relationships.models.partnership import Partnership
from relationships.models.past import PastRelationship
from relationships.models.request import RelationshipRequest

__all__ = ["NewCustomer", "Partnership", "PastRelationship", "RelationshipRequest"]
