"""News of identity that travels up, sent inside the transaction of what happened.

`rights_changed(municipality: int)`: somebody there lost or changed rights, or a session ended; whoever holds something
open for people of that municipality (sockets) asks again at once. It names nobody: asking again is the check.

`protection_changed(person: Person, actor: Actor, before: bool, flag: str)`: one of the three flags was set or lifted;
`before` says whether the person was sheltered before. When a receiver fails, the flag is not set either, and the page
says so: better than a flag that stands beside a message on its way.
"""

from django.dispatch import Signal

rights_changed = Signal()
protection_changed = Signal()
