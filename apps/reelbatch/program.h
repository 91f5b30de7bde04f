#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/catalog.h"

namespace reelbatch::app {

/// The whole program: chooses the command. `words` is argv. Returns the exit code.
int Program(const std::vector<std::string>& words, const engine::Catalog& catalog);

/// One line about an exception that should have been an error, and exit code 3.
int LastWords(std::string_view reason);

}  // namespace reelbatch::app
