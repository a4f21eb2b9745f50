//===- Portico.td - the whole dialect --------------------------------------===//

include "PorticoBase.td"
include "Elementwise.td"
include "Creation.td"
include "Shape.td"
include "Indexing.td"
include "Reduction.td"
include "Contraction.td"
include "Structure.td"
