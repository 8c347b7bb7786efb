"""One ASGI application: pages by Django, the meeting's socket by Channels."""

import os
import warnings

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# WhiteNoise answers with files, which Django reads in a thread under ASGI, as it should, and warns of each time.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
pages = get_asgi_application()

from config import logs, warm  # noqa: E402 - needs the settings
from config.production import refuse_unsafe  # noqa: E402 - needs the settings
from meetings.routing import websocket_urlpatterns  # noqa: E402 - needs the applications loaded

logs.watch_process()
refuse_unsafe()
warm.up()
application = ProtocolTypeRouter({"http": pages, "websocket": URLRouter(websocket_urlpatterns)})
