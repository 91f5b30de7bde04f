#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

#include "base/atomic_file.h"
#include "costs/registry.h"
#include "costs/table_json.h"
#include "costs/test_rows.h"

// A registry of a fleet: 10^6 rows as a matrix run writes them, with three samples each.
namespace reelbatch::costs {
namespace {

constexpr int kRows = 1'000'000;
constexpr int kCells = static_cast<int>(kGrid.size()) * 2;

contracts::Knobs KnobsOf(int subject) {
  return {{"decision", std::string("adaptive")},
          {"flow_max_side", int64_t{subject}},
          {"hard_cuts_cascade", false}};
}

const std::string& Text() {
  static const std::string text = [] {
    contracts::CostTable table;
    table.rows.reserve(kRows);
    RowMaker maker("detect_hard_cuts(cpu_no_deep)", "fleet");
    contracts::CostRow row;
    for (int k = 0; k < kRows; ++k) {
      const int cell = k % kCells;
      if (cell == 0) {
        maker.subject.knobs = KnobsOf(k / kCells);
        row = maker.At(1280, 720, 1);
        row.isa = "avx3";
        row.units_per_call = 63;
      }
      const auto aspect = cell % 2 == 0 ? contracts::Aspect::k16x9 : contracts::Aspect::k9x16;
      row.bucket = GridBucket(kGrid[static_cast<size_t>(cell / 2)], aspect);
      row.bucket.fps = 30;
      row.latency_ms_per_unit = 1 + k * 1e-6;
      row.cpu_rss_peak_mb = 20.5 + cell;
      const auto sample = static_cast<float>(63 * *row.latency_ms_per_unit);
      row.samples_ms = {sample, sample * 1.01F, sample * 0.99F};
      table.rows.push_back(row);
    }
    return WriteTable(table);
  }();
  return text;
}

void BM_Load(benchmark::State& state) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / "reelbatch_costs_bench.json";
  if (!base::WriteFileAtomically(file, Text(), {})) state.SkipWithError("did not write");
  for (auto _ : state) {
    auto loaded = ParseTable(*base::ReadWholeFile(file), "fleet.json");
    if (!loaded || loaded->table.rows.size() != kRows) state.SkipWithError("did not load");
    state.PauseTiming();
    loaded = {};
    state.ResumeTiming();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * Text().size()));
  std::filesystem::remove(file);
}
BENCHMARK(BM_Load)->Unit(benchmark::kMillisecond)->Iterations(3);

void BM_Find(benchmark::State& state) {
  std::vector<contracts::CostTable> tables;
  tables.push_back(ParseTable(Text(), "fleet.json")->table);
  const Registry registry(std::move(tables));
  std::vector<CostQuery> queries;
  for (int k = 0; k < 1024; ++k) {
    queries.push_back({.component = std::string(kOriginComponent),
                       .component_part = "detect_hard_cuts(cpu_no_deep)",
                       .knobs = KnobsOf(k * 40 % (kRows / kCells)),
                       .width = 640 + k,
                       .height = 360,
                       .device = "fleet"});
  }
  size_t next = 0;
  for (auto _ : state) {
    const auto found = registry.Find(queries[next++ % queries.size()]);
    if (!found) state.SkipWithError("not found");
    benchmark::DoNotOptimize(found);
  }
}
BENCHMARK(BM_Find);

}  // namespace
}  // namespace reelbatch::costs
