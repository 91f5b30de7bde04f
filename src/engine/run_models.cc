#include "engine/run_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "costs/model_rows.h"
#include "engine/this_device.h"
#include "inference/model_folder.h"
#include "inference/openvino/openvino_model.h"
#include "inference/worker/worker_model.h"
#include "planning/observed_times.h"

namespace reelbatch::engine {
namespace {

bool Same(const std::vector<contracts::TensorSpec>& a,
          const std::vector<contracts::TensorSpec>& b) {
  return std::ranges::equal(
      a, b, [](const contracts::TensorSpec& one, const contracts::TensorSpec& other) {
        return one.name == other.name && one.type == other.type && one.shape == other.shape;
      });
}

/// What a batch of a served model takes of this process: its tensors on their way. A generous
/// bound, MiB a unit.
constexpr double kServedUnitMb = 1;
/// Batches of a size that a server must have run before its word counts more than a table's.
constexpr int64_t kEnoughBatches = 5;

}  // namespace

RunModels::RunModels(ModelPlaces places, int threads, std::vector<contracts::CostTable> tables,
                     LocalModels local)
    : places_(std::move(places)), threads_(threads), local_(local), tables_(std::move(tables)) {}

RunModels::~RunModels() = default;

base::Result<std::unique_ptr<inference::Model>> RunModels::Open(
    const contracts::ModelDescription& wanted) const {
  if (!places_.triton.url.empty()) return OpenServed(wanted);
  const auto folder = inference::ReadModelFolder(places_.folder / wanted.used.model_name);
  if (!folder) return std::unexpected(folder.error());
  const std::string file = (folder->path / "model.json").string();
  constexpr const char* kOther =
      "are not the tensors that the component needs; fetch the model again with "
      "`reelbatch models fetch`";
  if (!Same(folder->description.inputs, wanted.inputs))
    return base::Fail(base::Code::kContract, kOther, file + ": inputs");
  if (!Same(folder->description.outputs, wanted.outputs))
    return base::Fail(base::Code::kContract, kOther, file + ": outputs");
  const inference::OpenVinoOptions options{
      .threads = threads_, .lanes = local_.lanes, .engines = EngineFolders(places_)};
  if (!local_.workers) return inference::OpenOpenVino(*folder, options);
  inference::WorkerOptions worker{.program = places_.worker_program, .timeout = local_.timeout};
  if (worker.program.empty()) {
    auto found = FindWorker();
    if (!found) return std::unexpected(found.error());
    worker.program = std::move(*found);
  }
  return inference::OpenInWorker(*folder, options, worker);
}

base::Result<std::unique_ptr<inference::Model>> RunModels::OpenServed(
    const contracts::ModelDescription& wanted) const {
  if (server_ == nullptr) {
    auto server = inference::TritonServer::Connect(places_.triton);
    if (!server) return std::unexpected(server.error());
    server_ = std::move(*server);
  }
  contracts::ModelDescription expected = wanted;
  expected.used.weights_digest = "unknown";
  auto model = inference::OpenTritonModel(server_, wanted.used.model_name, "", expected);
  if (!model) return std::unexpected(model.error());
  if (auto times = (*model)->BatchTimes())
    served_times_[wanted.used.model_name] = std::move(*times);
  return std::move(*model);
}

base::Result<planning::BatchCost> RunModels::Cost(const std::string& model,
                                                  const contracts::BatchKey& key) const {
  costs::ModelQuery query{.component = key.component,
                          .stage = key.stage,
                          .runtime = key.runtime,
                          .model_signature = key.model_signature,
                          .device = ThisDevice().id,
                          .threads = threads_};
  auto row = costs::FindModelRow(tables_, query);
  const bool served = !places_.triton.url.empty();
  if (!row && served) {
    // What it takes in process is the best guess of what a server takes; memory is the server's.
    query.runtime = "inprocess";
    row = costs::FindModelRow(tables_, query);
  }
  if (!row) return std::unexpected(row.error());
  constexpr int kCap = 1;  // of a row that names none; measured rows do
  auto cost = planning::BatchCostOf(*row, planning::MemoryKind::kRam, kCap);
  if (!cost || !served) return cost;
  cost->fixed_mb = 0;
  for (planning::BatchCost::Point& point : cost->points)
    point.peak_mb = kServedUnitMb * point.batch;
  std::vector<planning::BatchCost::Point> observed;
  if (const auto told = served_times_.find(model); told != served_times_.end()) {
    for (const inference::BatchTime& time : told->second) {
      if (time.count >= kEnoughBatches)
        observed.push_back({.batch = time.batch, .ms = time.mean_ms});
    }
  }
  planning::TakeObservedTimes(observed, *cost);
  return cost;
}

}  // namespace reelbatch::engine
