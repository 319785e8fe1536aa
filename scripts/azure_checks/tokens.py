"""Clients of Azure refuse to send a token over plain HTTP unless they are told how to."""

import time

from azure.core.credentials import AccessToken
from azure.core.pipeline.policies import SansIOHTTPPolicy


class AnyCredential:
    def get_token(self, *scopes, **options):
        return AccessToken("any", int(time.time()) + 3600)


class AnyToken(SansIOHTTPPolicy):
    def on_request(self, request):
        request.http_request.headers["Authorization"] = "Bearer any"
