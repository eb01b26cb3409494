"""What an API key must be permitted to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from fraudsite.core.api.principal import ApiPrincipal
from fraudsite.core.choices import ApiScope

if TYPE_CHECKING:
    # REST framework's views read the default permission, which is here.
    from rest_framework.views import APIView


class ScopePermission(BasePermission):
    """Lets keys with one scope through; whoever sent no key is told to sign in (401)."""

    scope: ApiScope

    @property
    def message(self) -> str:
        """What the owner of a key without the scope is told."""
        return f"This API key lacks the scope {self.scope}. Ask an administrator for one that has."

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002
        """Whether the request's key has the scope."""
        return isinstance(request.auth, ApiPrincipal) and self.scope in request.auth.scopes


class NoScopeNamed(BasePermission):
    """The default: a view that forgot to name what it needs is open to nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002
        """Never."""
        return False


def HasScope(scope: str) -> type[ScopePermission]:  # noqa: N802 - it stands for a class
    """Return the permission class for a scope; a scope that does not exist is a ValueError.

    Examples
    --------
    >>> HasScope("transactions:write").scope
    ApiScope.TRANSACTIONS_WRITE
    """
    known = ApiScope(scope)
    return type(f"HasScope_{known.name}", (ScopePermission,), {"scope": known})
