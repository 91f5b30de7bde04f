#include "apps/reelbatch/bench/memory_child.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "apps/reelbatch/console.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/option_values.h"
#include "base/process.h"
#include "measure/nvml.h"

namespace reelbatch::app {
namespace {

constexpr std::array kProbePresets = {contracts::Preset::kQuality, contracts::Preset::kDefault,
                                      contracts::Preset::kFast};
constexpr int kMostProbeSide = 16384;
constexpr int kMostProbeFrames = 1 << 16;

struct Wanted {
  measure::Work work;
  measure::StackShape shape;
};

/// PART PRESET WIDTH HEIGHT FRAMES
base::Result<Wanted> ParseWanted(const std::vector<std::string>& words) {
  if (words.size() != 5) {
    return base::Fail(base::Code::kInvalidArgument, "is started by `bench memory`, not by people",
                      kMemoryRow);
  }
  auto part = measure::ParsePart(words[0]);
  if (!part) return std::unexpected(part.error());
  const auto preset = ParseChoice(words[1], std::vector<std::string>{"quality", "default", "fast"});
  if (!preset) return std::unexpected(preset.error());
  const auto width = ParseInteger(words[2], 1, kMostProbeSide);
  const auto height = ParseInteger(words[3], 1, kMostProbeSide);
  const auto frames = ParseInteger(words[4], 1, kMostProbeFrames);
  for (const auto* number : {&width, &height, &frames}) {
    if (!*number) return std::unexpected(number->error());
  }
  return Wanted{.work = {.part = std::move(*part), .preset = kProbePresets.at(*preset), .step = {}},
                .shape = {.width = *width, .height = *height, .frames = *frames}};
}

}  // namespace

std::vector<std::string> OwnEnvironment() {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  return environment;
}

base::Result<measure::MemoryFigures> MeasureMemoryInChild(const measure::Work& work,
                                                          const measure::FrameStack& stack,
                                                          const base::CancelToken& cancel) {
  const measure::StackShape& shape = stack.shape();
  const base::ChildCall call{
      .words = {"/proc/self/exe", "bench", kMemoryRow, work.part.text,
                std::string(contracts::PresetName(work.preset)), fmt::format("{}", shape.width),
                fmt::format("{}", shape.height), fmt::format("{}", shape.frames)},
      .environment = OwnEnvironment(),
      .given_fd = stack.fd()};
  const auto answer = base::RunChild(call, cancel);
  if (!answer) return std::unexpected(answer.error());
  return measure::ParseMemoryJson(*answer);
}

int MemoryRow(const std::vector<std::string>& words) {
  Console console(std::string("reelbatch bench ") + kMemoryRow);
  console.Configure({});
  const auto wanted = ParseWanted(words);
  if (!wanted) return console.Finish(console.Fail(wanted.error()));
  const auto nvml = measure::Nvml::Load();
  const auto figures = measure::ProbeMemory(wanted->work, base::kGivenFd, wanted->shape,
                                            nvml ? nvml->get() : nullptr);
  if (!figures) return console.Finish(console.Fail(figures.error()));
  console.Out(measure::MemoryJson(*figures));
  return console.Finish(kExitDone);
}

}  // namespace reelbatch::app
