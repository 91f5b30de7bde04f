// What one call of a served model costs beside the model: medians over many calls of a model that
// gives back what it gets, in messages and in shared memory. Run by bench/triton_calls, which
// starts the server.
//
// usage: triton_calls URL [CALLS]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "base/clock.h"
#include "inference/triton/triton_model.h"

namespace {

using namespace reelbatch;

struct Times {
  double p10 = 0;
  double median = 0;
  double p90 = 0;
  double mean = 0;
  double server =
      0;  // mean, as the server's statistics have it: copying in, the model, copying out
};

double At(std::vector<double> sorted, double part) {
  std::ranges::sort(sorted);
  return sorted[static_cast<size_t>(part * static_cast<double>(sorted.size() - 1))];
}

/// Of all batches of one unit since the server loaded the model.
double ServerMs(const inference::TritonModel& model, int64_t& count) {
  const auto times = model.BatchTimes();
  if (!times) return 0;
  count = times->front().count;
  return times->front().mean_ms * static_cast<double>(times->front().count);
}

base::Result<Times> Measure(const std::string& url, inference::SharedMemory how, int64_t floats,
                            int calls) {
  auto server = inference::TritonServer::Connect({.url = url, .channels = 1, .shared_memory = how});
  if (!server) return std::unexpected(server.error());
  const contracts::ModelDescription expected{
      .used = {},
      .inputs = {{.name = "IN", .type = contracts::ElementType::kFloat32, .shape = {-1, floats}}},
      .outputs = {
          {.name = "OUT", .type = contracts::ElementType::kFloat32, .shape = {-1, floats}}}};
  auto model = inference::OpenTritonModel(*server, "identity", "", expected);
  if (!model) return std::unexpected(model.error());
  contracts::Tensor input{.name = "IN",
                          .shape = {1, floats},
                          .bytes = std::string(static_cast<size_t>(floats) * 4, '\x01')};
  const base::SystemClock clock;
  std::vector<double> ms;
  int64_t before = 0;
  double server_before = 0;
  constexpr int kWarm = 20;
  for (int k = 0; k < calls + kWarm; ++k) {
    if (k == kWarm) server_before = ServerMs(**model, before);
    const auto begin = clock.Steady();
    const auto outputs = (*model)->Infer({&input, 1});
    const auto end = clock.Steady();
    if (!outputs) return base::Fail(base::Code::kInternal, outputs.error().evidence);
    if (outputs->front().bytes != input.bytes)
      return base::Fail(base::Code::kInternal, "the answer is not what was sent");
    if (k >= kWarm) ms.push_back(std::chrono::duration<double, std::milli>(end - begin).count());
  }
  int64_t after = 0;
  const double server_after = ServerMs(**model, after);
  return Times{.p10 = At(ms, 0.1),
               .median = At(ms, 0.5),
               .p90 = At(ms, 0.9),
               .mean = std::accumulate(ms.begin(), ms.end(), 0.0) / static_cast<double>(ms.size()),
               .server = (server_after - server_before) / static_cast<double>(after - before)};
}

}  // namespace

int main(int count, char** arguments) {
  const int calls = count > 2 ? std::atoi(arguments[2]) : 300;
  if (count < 2 || calls < 1) {
    fmt::print(stderr, "usage: triton_calls URL [CALLS]\n");
    return 2;
  }
  fmt::print(
      "| bytes in and out | tensors travel | n | p10 ms | median ms | p90 ms | mean ms | mean in "
      "the server, ms | mean beside it, ms |\n|--:|---|--:|--:|--:|--:|--:|--:|--:|\n");
  for (const int64_t floats : {int64_t{256}, int64_t{16384}, int64_t{262144}, int64_t{1048576}}) {
    for (const auto how : {inference::SharedMemory::kOff, inference::SharedMemory::kOn}) {
      const auto times = Measure(arguments[1], how, floats, calls);
      if (!times) {
        fmt::print(stderr, "triton_calls: {}\n", times.error().Text());
        return 1;
      }
      fmt::print("| {} | {} | {} | {:.3f} | {:.3f} | {:.3f} | {:.3f} | {:.3f} | {:.3f} |\n",
                 floats * 4,
                 how == inference::SharedMemory::kOff ? "in messages" : "in shared memory", calls,
                 times->p10, times->median, times->p90, times->mean, times->server,
                 times->mean - times->server);
    }
  }
  return 0;
}
