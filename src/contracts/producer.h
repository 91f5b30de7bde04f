#pragma once

#include <string>

namespace reelbatch::contracts {

/// "reelbatch 0.1.0"
std::string ProducerName();

}  // namespace reelbatch::contracts
