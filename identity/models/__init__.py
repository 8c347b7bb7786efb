"""Rows of who somebody is. Region, Municipality, Session and LimitBucket stand outside the walls."""

from identity.models.base import LimitBucket, Municipality, Region, TenantModel
from identity.models.log import AccessEntry, Alert, LogPick, LogReview, Opening, RetentionRule
from identity.models.people import (
    Evidence,
    Membership,
    NamedReader,
    Person,
    Representation,
    RepresentationKind,
    Role,
    StaffAccount,
    Unit,
)
from identity.models.proposing import Proposal, ProposalKind
from identity.models.signing import (
    ApiToken,
    ExternalIdentity,
    IdentityConflict,
    IdentityProvider,
    Passkey,
    ProviderKind,
    RecoveryCode,
    Session,
    SignInAttempt,
    StaffInvitation,
)

__all__ = [
    "AccessEntry", "Alert", "ApiToken", "Evidence", "ExternalIdentity", "IdentityConflict", "IdentityProvider",
    "LimitBucket", "LogPick", "LogReview", "Membership", "Municipality", "NamedReader", "Opening", "Passkey",
    "Person", "Proposal", "ProposalKind", "ProviderKind", "RecoveryCode", "Region", "Representation",
    "RepresentationKind", "RetentionRule", "Role", "Session", "SignInAttempt", "StaffAccount", "StaffInvitation",
    "TenantModel", "Unit",
]  # fmt: skip
