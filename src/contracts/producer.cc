#include "contracts/producer.h"

namespace reelbatch::contracts {

std::string ProducerName() { return "reelbatch " REELBATCH_VERSION; }

}  // namespace reelbatch::contracts
