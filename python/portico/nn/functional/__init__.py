"""`portico.nn.functional`: the functions behind the modules, under PyTorch's names."""

from portico._arguments import explain_all

from .activation import *  # noqa: F403
from .adaptive_pooling import *  # noqa: F403
from .affine import *  # noqa: F403
from .attention import *  # noqa: F403
from .classification import *  # noqa: F403
from .conv import *  # noqa: F403
from .ctc import *  # noqa: F403
from .distance import *  # noqa: F403
from .dropping import *  # noqa: F403
from .folding import *  # noqa: F403
from .fractional_pooling import *  # noqa: F403
from .lookup import *  # noqa: F403
from .loss import *  # noqa: F403
from .normalization import *  # noqa: F403
from .padding import *  # noqa: F403
from .pooling import *  # noqa: F403
from .resize import *  # noqa: F403
from .sampling import *  # noqa: F403

explain_all(globals())
