#pragma once

#include <span>
#include <string_view>

#include "apps/reelbatch/command.h"

namespace reelbatch::app {

/// One command below another: `reelbatch costs diff`.
struct Subcommand {
  std::string_view name;     // "diff"
  std::string_view summary;  // a line of the parent's help
  int (*run)(const Invocation&);
};

/// Runs the subcommand that the first word names; help and wrong names are answered here. `parent`:
/// "costs". `examples` as CommandText has them.
int RunSubcommand(std::string_view parent, std::string_view summary, std::string_view examples,
                  std::span<const Subcommand> subcommands, const Invocation& call);

}  // namespace reelbatch::app
