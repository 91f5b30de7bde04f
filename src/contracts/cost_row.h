#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace reelbatch::contracts {

/// A parameter that changes what a unit costs, by its name: {"ssim_max_side": 512,
/// "hard_cuts_cascade": false}.
using KnobValue = std::variant<bool, int64_t, double, std::string>;
using Knobs = std::map<std::string, KnobValue, std::less<>>;

/// Equal if every name and value is; 512 and 512.0 are the same value.
bool SameKnobs(const Knobs& a, const Knobs& b);

/// What was measured, whatever the input's size and the machine: the words of a checklist row. Rows
/// share it. Source: docs/requirements.md, "Row schema".
struct CostSubject {
  std::string component;         // "cut_detection"
  std::string component_part;    // "detect_hard_cuts(cpu_no_deep)", "feature_ssim_only"; empty: the
                                 // whole component
  std::string owner = "visual";  // visual, audio, text, segmenter, models, fetcher
  std::string unit;              // frame, frame_pair, segment, clip, video, window, track
  std::string unit_cost_model;   // how the cost grows with the input, in words
  std::string runtime = "inprocess";    // or "triton"
  std::string model_signature = "N/A";  // SHA-256 hex, "N/A" without a model
  std::string preset;                   // empty: none
  Knobs knobs;
  std::optional<int> max_batch_size_component;
  bool cross_video_batching = true;
  std::string cross_video_constraints;
  std::vector<std::string> needs;  // hard dependencies
  std::vector<std::string> uses;   // optional dependencies
  std::string notes;
  std::string extra = {};  // as CostRow::extra
};

/// Work that cost rows have a price for, and the command that measures such a row.
struct PricedWork {
  CostSubject subject;
  std::string measured_by;
};

/// A cost is true for one device profile. Empty, 0 and none mean that it is not known.
/// Source: docs/requirements.md, "Device profiles".
struct DeviceProfile {
  std::string id;  // unique in a table: "seed", or made from the rest by measure
  std::string cpu_model;
  int cores = 0;                           // of the machine
  double cores_allowed = 0;                // for this process: affinity and quota
  std::string isa;                         // best vector target: avx3, avx2, sse4, neon, scalar
  std::optional<int64_t> ram_mb;           // MiB
  std::optional<int64_t> memory_limit_mb;  // of the cgroup, MiB
  std::string governor;
  std::string gpu_name;
  std::optional<int64_t> vram_mb;  // MiB
  std::string driver;
  std::string cuda;
  std::string os;
  std::string extra = {};  // as CostRow::extra
};

/// Where figures come from.
struct Provenance {
  std::string path;        // file with the samples, relative to the repository if it is in it
  std::string commit;      // empty: not known
  bool dirty = false;      // the working tree had uncommitted changes
  std::string date;        // ISO 8601
  std::string extra = {};  // as CostRow::extra
};

/// The quality of the events for this cost: against truth, and against preset default.
/// Source: docs/requirements.md, "Quality".
struct CostQuality {
  std::optional<double> f1_truth;
  std::optional<double> f1_default;
  std::string report;      // path of the report that has the figures
  std::string extra = {};  // as CostRow::extra
};

enum class Aspect : uint8_t { k16x9, k9x16 };
std::string_view AspectName(Aspect aspect);  // "16:9", "9:16"

/// The input of a measurement; for audio, only duration_s is set.
struct InputBucket {
  int width = 0;       // px
  int height = 0;      // px
  double fps = 0;      // 0: does not matter
  int short_side = 0;  // the bucket S
  Aspect aspect = Aspect::k16x9;
  double duration_s = 0;
  std::string extra = {};  // as CostRow::extra
  friend bool operator==(const InputBucket&, const InputBucket&) = default;
};

enum class InputKind : uint8_t { kNoise, kReal };
std::string_view InputKindName(InputKind kind);  // "noise", "real"

/// One measured micro-batch size.
struct CostPoint {
  int batch = 1;                                 // units
  double ms = 0;                                 // of the whole batch
  std::optional<double> peak_mb = std::nullopt;  // of the whole batch, without the fixed part
  std::string extra = {};                        // as CostRow::extra
};

/// Costs that depend on more than pixels: ms = latency_ms_fixed + sum of the terms, each times its
/// driver.
struct CostTerm {
  std::string driver;      // of kDecodeDrivers: "mpx", "kbyte", ...
  double ms = 0;           // per driver and unit
  std::string extra = {};  // as CostRow::extra
};

/// One cost row: what one unit of a subject costs on one device at one input size.
/// None: not measured ("N/A"), which is never 0. Units: ms; MiB, as nvidia-smi reports memory.
struct CostRow {
  std::shared_ptr<const CostSubject> subject;    // never null
  std::shared_ptr<const DeviceProfile> device;   // never null
  std::shared_ptr<const Provenance> provenance;  // never null
  std::shared_ptr<const CostQuality> quality;    // null: not evaluated
  InputBucket bucket;
  InputKind input_kind = InputKind::kNoise;
  int threads = 1;  // threads used by one unit
  int concurrency =
      1;            // units that ran at the same time during the measurement, including this one
  std::string isa;  // vector target that it was measured with; empty: not known

  std::optional<double> latency_ms_per_unit;  // stable mean
  double latency_ms_fixed = 0;                // per call, in addition to the units
  std::optional<double>
      cpu_rss_peak_mb;  // without the input, and without the memory of the process before
  std::optional<double> cpu_rss_raw_mb;  // peak of the whole process
  std::optional<double> input_mb;        // part of the raw peak that is input
  double cpu_rss_fixed_mb = 0;  // part of cpu_rss_peak_mb that does not grow with the batch
  std::optional<double> gpu_memory_per_task_mb;
  double gpu_memory_fixed_mb = 0;

  int units_per_call = 0;         // of the samples; 0: not known
  std::vector<float> samples_ms;  // whole calls, as measured; empty: not kept
  int spikes = 0;                 // samples above median + 4 MAD
  bool noisy = false;             // the spread was too large, even after repeats
  bool extrapolated = false;      // scaled from another size or device, not measured
  std::vector<CostPoint> points;  // by batch, ascending
  std::vector<CostTerm> terms;
  std::string measure;  // JSON object: protocol, attempts, CPU time and the like; empty: not known
  std::string extra;    // JSON object with members that this version does not know; empty: none
};

/// Statistics over the size buckets of one subject, aspect and device, if the rows themselves are
/// not in the table.
struct CostSummary {
  std::shared_ptr<const CostSubject> subject;
  std::shared_ptr<const DeviceProfile> device;
  std::shared_ptr<const Provenance> provenance;
  Aspect aspect = Aspect::k16x9;
  InputKind input_kind = InputKind::kNoise;
  int threads = 1;
  int concurrency = 1;
  int buckets = 0;
  double min_ms = 0;
  double p50_ms = 0;
  double p95_ms = 0;
  double max_ms = 0;
  std::string extra = {};  // as CostRow::extra
};

/// A table of costs. Rows keep the order of the file.
struct CostTable {
  std::vector<CostRow> rows;
  std::vector<CostSummary> summaries;
  std::string extra;  // as CostRow::extra, of the document
};

}  // namespace reelbatch::contracts
