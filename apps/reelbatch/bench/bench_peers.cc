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

constexpr CommandText kBenchPeersText = {
    .name = "bench peers",
    .synopsis = "",
    .summary =
        "Compare the speed of kernels, parts and runs with OpenCV, scikit-image, PySceneDetect and "
        "ffmpeg. It\n"
        "runs `make bench`, so it works in the source tree only; elsewhere it prints the commands "
        "to run there.\n",
    .examples = "  reelbatch bench peers\n",
};

int RunBenchPeersCall(const std::vector<std::string>& arguments, Console& console) {
  if (!arguments.empty()) {
    return console.Fail({base::Code::kInvalidArgument, fmt::format("takes no argument, but got {}",
                                                                   ShellQuote(arguments.front()))});
  }
  std::error_code error;
  if (!std::filesystem::exists("bench/peers.py", error) ||
      !std::filesystem::exists("Makefile", error)) {
    return console.Fail(
        {base::Code::kUnavailable,
         "is not in this folder; run this in the source tree of reelbatch: make bench   (or, after "
         "a build there: python3 bench/peers.py --reelbatch build/release/reelbatch --clock "
         "build/release/bench/peer_clock --out build/bench)",
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
  Console console(fmt::format("reelbatch {}", kBenchPeersText.name));
  const CommandLine line = ReadCommandLine(kBenchPeersText, table, common, call, console);
  if (line.exit_code) return *line.exit_code;
  return console.Finish(RunBenchPeersCall(line.arguments, console));
}

}  // namespace reelbatch::app
