#pragma once

#include <string>

namespace reelbatch::store {

/// Versions of the libraries this process runs with, e.g. "3.40.1".
std::string SqliteVersion();
std::string LibzipVersion();

}  // namespace reelbatch::store
