#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/reelbatch/console.h"
#include "apps/reelbatch/option_table.h"
#include "apps/reelbatch/options.h"
#include "engine/catalog.h"

namespace reelbatch::app {

/// One call of the program: `reelbatch COMMAND WORDS...`.
struct Invocation {
  const engine::Catalog* catalog = nullptr;  // of components; never null
  std::vector<std::string> words;            // behind the command's name
  std::string line;                          // the whole call as a shell takes it back
};

/// What a command's --help says around its options.
struct CommandText {
  std::string_view name;      // "run"
  std::string_view synopsis;  // "INPUT... --out DIR"
  std::string_view summary;   // paragraphs, each ended by a newline
  std::string_view examples;  // lines, each ended by a newline
};

std::string HelpOf(const CommandText& text, const OptionTable& table);

/// What is left of a command line when its options are stored.
struct CommandLine {
  std::vector<std::string>
      arguments;  // of the command line, else `inputs` of the configuration file
  std::optional<int>
      exit_code;  // the command is over: help was wanted, or the error has been printed
};

/// Reads the configuration file (where the table has `config` and one is given), then the words,
/// which win.
CommandLine ReadCommandLine(const CommandText& text, const OptionTable& table,
                            const CommonOptions& common, const Invocation& call, Console& console);

int RunCommand(const Invocation& call);
int CutsCommand(const Invocation& call);
int DoctorCommand(const Invocation& call);
int DemoCommand(const Invocation& call);
int EvalCommand(const Invocation& call);
int CostsCommand(const Invocation& call);
int BenchCommand(const Invocation& call);
int SimulateCommand(const Invocation& call);
int ModelsCommand(const Invocation& call);
int PlanCommand(const Invocation& call);
int VerifyCommand(const Invocation& call);
int PruneCommand(const Invocation& call);

}  // namespace reelbatch::app
