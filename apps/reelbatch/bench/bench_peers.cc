#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "apps/reelbatch/bench/bench_commands.h"
#include "apps/reelbatch/exit_code.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kText = {
    .name = "bench peers",
    .synopsis = "",
    .summary =
        "Measures our kernels, parts and runs side by side with OpenCV, scikit-image, "
        "PySceneDetect and ffmpeg, as\n"
        "`make bench` does: in the source tree, which has what that takes. Elsewhere it says what "
        "to do there.\n",
    .examples = "  reelbatch bench peers\n",
};

int Go(const std::vector<std::string>& arguments, Console& console) {
  if (!arguments.empty()) {
    return console.Fail(
        {base::Code::kInvalidArgument,
         fmt::format("takes no argument, but there is {}", ShellQuote(arguments.front()))});
  }
  std::error_code error;
  if (!std::filesystem::exists("bench/peers.py", error) ||
      !std::filesystem::exists("Makefile", error)) {
    return console.Fail(
        {base::Code::kUnavailable,
         "is not here; in the source tree of reelbatch: make bench   (or, after a build there: "
         "python3 bench/peers.py --reelbatch build/release/reelbatch --clock "
         "build/release/bench/peer_clock "
         "--out build/bench)",
         "bench/peers.py"});
  }
  std::string make = "make";
  std::string target = "bench";
  const std::array<char*, 3> words = {make.data(), target.data(), nullptr};
  execvp(words[0], words.data());
  return console.Fail({base::Code::kUnavailable,
                       fmt::format("cannot be started: {}", std::strerror(errno)), "make"});
}

}  // namespace

int BenchPeers(const Invocation& call) {
  CommonOptions common;
  OptionTable table;
  AddCommonOptions(table, common);
  Console console(fmt::format("reelbatch {}", kText.name));
  const CommandLine line = ReadCommandLine(kText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  return console.Finish(Go(line.arguments, console));
}

}  // namespace reelbatch::app
