#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "apps/reelbatch/bench/bench_commands.h"
#include "apps/reelbatch/bench/bench_session.h"
#include "apps/reelbatch/exit_code.h"
#include "apps/reelbatch/inputs.h"
#include "apps/reelbatch/progress_bar.h"
#include "apps/reelbatch/signals.h"
#include "apps/reelbatch/table.h"
#include "apps/reelbatch/wall_clock.h"
#include "base/json_text.h"
#include "costs/keys.h"
#include "measure/decode_cost.h"

namespace reelbatch::app {
namespace {

constexpr CommandText kBenchDecodeText = {
    .name = "bench decode",
    .synopsis = "--out DIR VIDEO...",
    .summary =
        "Measure the cost of decoding with one thread: CPU time per frame of every video, and for "
        "each codec the\n"
        "model ms = fixed + a * megapixels + b * coded kilobytes (with other factors for B-frames "
        "and CABAC) and\n"
        "its error. Use videos of many sizes and bit rates, so that the three terms can be told "
        "apart.\n",
    .examples =
        "  reelbatch bench decode clips/ --out costs\n"
        "  reelbatch bench decode clips/ --skip-loop-filter --out costs\n",
};

struct BenchDecodeSettings {
  CommonOptions common;
  measure::Protocol protocol;
  bool skip_loop_filter = false;
  std::optional<std::filesystem::path> out;
};

OptionTable MakeBenchDecodeTable(BenchDecodeSettings& settings) {
  settings.protocol = *measure::ProtocolOf("matrix");
  OptionTable table;
  table.Group("How to measure");
  table.Add(ProfileOption(settings.protocol, settings.protocol.profile));
  table.Add(SwitchOption("skip-loop-filter",
                         "Skip the deblocking filter, as preset fast does (default: keep it)",
                         settings.skip_loop_filter));
  table.Group("Results");
  table.Add(PathOption("out", "DIR",
                       "Write DIR/costs.json, and one file for every codec in DIR (required)",
                       settings.out));
  AddCommonOptions(table, settings.common);
  return table;
}

const contracts::CostRow* RowOfCodec(const std::vector<contracts::CostRow>& rows,
                                     const std::string& codec) {
  for (const contracts::CostRow& row : rows) {
    if (row.subject->component_part == codec) return &row;
  }
  return nullptr;
}

double FitOf(const contracts::CostRow& row, const measure::DecodeSample& sample) {
  double ms = row.latency_ms_fixed;
  for (size_t k = 0; k < row.terms.size(); ++k) ms += row.terms[k].ms * sample.drivers[k];
  return ms;
}

std::string Text(const std::vector<measure::DecodeSample>& samples,
                 const std::vector<contracts::CostRow>& rows, bool color) {
  Table table({{"video"},
               {"codec"},
               {"size"},
               {"kB per frame", Align::kRight},
               {"CPU ms per frame", Align::kRight},
               {"model ms", Align::kRight},
               {"error", Align::kRight}});
  for (const measure::DecodeSample& sample : samples) {
    const double fit = FitOf(*RowOfCodec(rows, sample.codec), sample);
    table.AddRow(
        {OneLine(sample.name), sample.codec, fmt::format("{}x{}", sample.width, sample.height),
         fmt::format("{:.2f}", sample.drivers[1]),
         costs::MsText(sample.ms_per_frame) + (sample.noisy ? " noisy" : ""), costs::MsText(fit),
         fmt::format("{:+.1f} %", 100 * (fit / sample.ms_per_frame - 1))});
  }
  std::string text = table.Render(color);
  for (const contracts::CostRow& row : rows) {
    double off = 0;
    int videos = 0;
    for (const measure::DecodeSample& sample : samples) {
      if (sample.codec != row.subject->component_part) continue;
      off += std::abs(FitOf(row, sample) / sample.ms_per_frame - 1);
      ++videos;
    }
    text += fmt::format("{}: ms = {:.4f}", row.subject->component_part, row.latency_ms_fixed);
    for (const contracts::CostTerm& term : row.terms)
      text += fmt::format(" + {:.4f} * {}", term.ms, term.driver);
    text +=
        fmt::format("; mean error {:.1f} % over {}\n", 100 * off / videos, Count(videos, "video"));
  }
  return text;
}

int RunBenchDecodeCall(const BenchDecodeSettings& settings,
                       const std::vector<std::string>& arguments, Console& console,
                       const base::CancelToken& cancel) {
  const auto folder = BenchFolder(settings.out);
  if (!folder) return console.Fail(folder.error());
  const auto clock = ChooseClock();
  if (!clock) return console.Fail(clock.error());
  const auto inputs = ExpandInputs(arguments, {.cancel = &cancel});
  if (!inputs) return console.Fail(inputs.error());
  auto session = MakeSession(folder->path(), settings.protocol);
  if (!session) return console.Fail(session.error());
  session->date = base::Iso8601((*clock)->Wall());
  std::vector<measure::DecodeSample> samples;
  int failed = 0;
  for (size_t i = 0; i < inputs->videos.size(); ++i) {
    const auto sample = measure::MeasureDecode(inputs->videos[i], settings.skip_loop_filter,
                                               settings.protocol, cancel);
    if (!sample && sample.error().code == base::Code::kCancelled)
      return console.Fail(sample.error());
    if (!sample) {
      ++failed;
      console.Error(sample.error().Text());
      continue;
    }
    samples.push_back(*sample);
    console.Note(fmt::format("{}/{}  {}  {} ms", i + 1, inputs->videos.size(),
                             ShellQuote(sample->name), costs::MsText(sample->ms_per_frame)));
  }
  const auto rows = measure::DecodeRows(*session, samples, settings.skip_loop_filter);
  for (const contracts::CostRow& row : rows) {
    const std::string name =
        row.subject->component_part + (settings.skip_loop_filter ? "-skipped.json" : "-kept.json");
    if (auto written = folder->Write(folder->path() / "decode" / name, row); !written)
      return console.Fail(written.error());
  }
  const auto collected = folder->WriteTable();
  if (!collected) return console.Fail(collected.error());
  for (const std::string& file : collected->left_out) console.Warn("not in the table: " + file);
  if (console.json()) {
    console.Out(base::Pretty(
        {{"table", folder->table().string()}, {"videos", samples.size()}, {"failed", failed}}));
  } else if (!samples.empty()) {
    console.Out(Text(samples, rows, console.out_color()));
  }
  return failed > 0 ? kExitSomeFailed : kExitDone;
}

}  // namespace

int BenchDecode(const Invocation& call) {
  BenchDecodeSettings settings;
  const OptionTable table = MakeBenchDecodeTable(settings);
  Console console(fmt::format("reelbatch {}", kBenchDecodeText.name));
  const CommandLine line = ReadCommandLine(kBenchDecodeText, table, settings.common, call, console);
  if (line.exit_code) return *line.exit_code;
  static base::CancelToken cancel;  // signal handlers may use it until the process is gone
  StopOnSignals(cancel, settings.common.quiet);
  return console.Finish(RunBenchDecodeCall(settings, line.arguments, console, cancel));
}

}  // namespace reelbatch::app
