//===- device_test.cpp - programs on a device that works apart --------------===//

#include "compile.h"

#include "test/runtime/mock.h"

using namespace portico;
using namespace portico::test;

namespace {

const char *const kGather = R"(
func.func @main(%a: tensor<4xf32>, %i: tensor<2xi64>) -> tensor<2xf32> {
  %0 = portico.neg %a : (tensor<4xf32>) -> tensor<4xf32>
  %1 = portico.gather %0, %i {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<4xf32>, tensor<2xi64>) -> tensor<2xf32>
  return %1 : tensor<2xf32>
})";

class Remote {
public:
  explicit Remote(portico_device *device) : device(device) {}

  void compile(const char *text, const CompileOptions &options) {
    std::vector<uint8_t> bytes = compileText(text, {}, options).program;
    EXPECT_OK(portico_program_load(device, bytes.data(), bytes.size(), &program, &status), status);
  }
  template <typename T> portico_buffer *send(std::initializer_list<T> values) {
    portico_buffer *buffer = nullptr;
    uint64_t bytes = values.size() * sizeof(T);
    EXPECT_OK(portico_buffer_allocate(device, bytes, &buffer, &status), status);
    EXPECT_OK(portico_buffer_write(buffer, 0, values.begin(), bytes, &status), status);
    return buffer;
  }
  portico_buffer *run(std::initializer_list<portico_buffer *> inputs) {
    portico_buffer *output = nullptr;
    EXPECT_OK(portico_program_run(program, inputs.begin(), nullptr, &output, &status), status);
    return output;
  }
  float read(portico_buffer *buffer, uint64_t index, portico_code expected = PORTICO_OK) {
    float value = 0;
    EXPECT_CODE(portico_buffer_read(buffer, 4 * index, &value, 4, &status), expected, status);
    return value;
  }

  portico_device *device;
  portico_program *program = nullptr;
  Status status;
};

/// The mock runs the code that is made for it under its own name.
CompileOptions forMock() {
  CompileOptions options;
  options.device = "mock:0";
  return options;
}

} // namespace

TEST(a_program_runs_where_the_host_cannot_look) {
  Remote remote(mockDevice());
  remote.compile(kGather, forMock());
  portico_buffer *a = remote.send<float>({1, 2, 3, 4}), *i = remote.send<int64_t>({3, 1});
  portico_buffer *output = remote.run({a, i});
  EXPECT(remote.read(output, 0) == -4 && remote.read(output, 1) == -2);
  for (portico_buffer *buffer : {a, i, output})
    portico_buffer_release(buffer);
  portico_program_release(remote.program);
}

TEST(a_run_returns_before_it_is_done) {
  Remote remote(mockDevice({{"PORTICO_MOCK_DELAY_US", "50000"}}));
  remote.compile(kGather, forMock());
  portico_buffer *a = remote.send<float>({1, 2, 3, 4}), *i = remote.send<int64_t>({3, 1});
  portico_buffer *output = remote.run({a, i});
  int32_t done = 1;
  EXPECT_OK(portico_stream_query(portico_stream_default(remote.device), &done, &remote.status),
            remote.status);
  EXPECT(!done);
  // Nothing that the run needs may go before it is over.
  portico_program_release(remote.program);
  portico_buffer_release(a);
  portico_buffer_release(i);
  EXPECT(remote.read(output, 0) == -4);
  portico_buffer_release(output);
}

TEST(an_index_out_of_range_is_reported_by_whoever_waits) {
  Remote remote(mockDevice());
  remote.compile(kGather, forMock());
  portico_buffer *a = remote.send<float>({1, 2, 3, 4});
  portico_buffer *wrong = remote.send<int64_t>({1, 9}), *right = remote.send<int64_t>({0, 1});
  portico_buffer *output = remote.run({a, wrong}), *later = remote.run({a, right});
  // The bytes are delivered all the same.
  EXPECT(remote.read(output, 0, PORTICO_INDEX_OUT_OF_RANGE) == -2);
  EXPECT(remote.status.op == 1 && remote.status.value == 9 && remote.status.bound == 4);
  EXPECT(remote.status.program == remote.program);
  EXPECT(remote.status.says("[gather]"));
  // Once.
  EXPECT(remote.read(later, 0) == -1);
  portico_buffer_release(remote.run({a, wrong}));
  EXPECT_CODE(portico_device_synchronize(remote.device, &remote.status), PORTICO_INDEX_OUT_OF_RANGE,
              remote.status);
  EXPECT_OK(portico_device_synchronize(remote.device, &remote.status), remote.status);
  for (portico_buffer *buffer : {a, wrong, right, output, later})
    portico_buffer_release(buffer);
  portico_program_release(remote.program);
}

TEST(an_event_reports_what_went_wrong_before_it) {
  Remote remote(mockDevice());
  remote.compile(kGather, forMock());
  portico_buffer *a = remote.send<float>({1, 2, 3, 4}), *wrong = remote.send<int64_t>({1, 9});
  portico_buffer *output = remote.run({a, wrong});
  portico_event *event = nullptr;
  EXPECT_OK(portico_event_create(remote.device, &event, &remote.status), remote.status);
  EXPECT_OK(portico_event_record(event, portico_stream_default(remote.device), &remote.status),
            remote.status);
  EXPECT_CODE(portico_event_synchronize(event, &remote.status), PORTICO_INDEX_OUT_OF_RANGE,
              remote.status);
  EXPECT_OK(portico_device_synchronize(remote.device, &remote.status), remote.status);
  portico_event_destroy(event);
  for (portico_buffer *buffer : {a, wrong, output})
    portico_buffer_release(buffer);
  portico_program_release(remote.program);
}

TEST(runs_on_two_streams_come_in_the_order_of_what_they_share) {
  Remote remote(mockDevice({{"PORTICO_MOCK_DELAY_US", "10000"}}));
  remote.compile(kGather, forMock());
  portico_buffer *a = remote.send<float>({1, 2, 3, 4}), *i = remote.send<int64_t>({3, 1});
  portico_stream *stream = nullptr;
  EXPECT_OK(portico_stream_next(remote.device, &stream, &remote.status), remote.status);
  portico_stream_set_current(stream);
  portico_buffer *output = remote.run({a, i});
  portico_stream_set_current(portico_stream_default(remote.device));
  EXPECT(remote.read(output, 0) == -4 && remote.read(output, 1) == -2);
  for (portico_buffer *buffer : {a, i, output})
    portico_buffer_release(buffer);
  portico_program_release(remote.program);
}

namespace {
const char *const kChain = R"(
func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = portico.neg %a : (tensor<4xf32>) -> tensor<4xf32>
  %1 = portico.exp %0 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = portico.sqrt %1 : (tensor<4xf32>) -> tensor<4xf32>
  %3 = portico.tanh %2 : (tensor<4xf32>) -> tensor<4xf32>
  %4 = portico.add %3, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %4 : tensor<4xf32>
})";

/// Runs a chain of five kernels over and over, each output given back before the next run.
uint32_t graphsOfALoop(std::initializer_list<std::pair<const char *, const char *>> settings) {
  Remote remote(mockDevice(settings));
  CompileOptions options = forMock();
  options.fusionPolicy = "none";
  remote.compile(kChain, options);
  portico_buffer *a = remote.send<float>({0, 1, 2, 3});
  for (int i = 0; i < 6; ++i) {
    portico_buffer *output = remote.run({a});
    EXPECT(remote.read(output, 0) > 0.7615f && remote.read(output, 0) < 0.7617f);
    EXPECT(remote.read(output, 2) > 2.3520f && remote.read(output, 2) < 2.3522f);
    portico_buffer_release(output);
    float first = 0; // the addresses are the same, not the contents
    EXPECT_OK(portico_buffer_write(a, 0, &first, 4, &remote.status), remote.status);
  }
  portico_program_info info{};
  info.struct_size = sizeof(info);
  portico_program_get_info(remote.program, &info);
  EXPECT(info.commands == 5);
  portico_buffer_release(a);
  portico_program_release(remote.program);
  return info.graphs;
}
} // namespace

TEST(a_steady_state_is_one_call) { EXPECT(graphsOfALoop({}) == 1); }

TEST(a_driver_that_records_no_graphs_runs_the_commands) {
  EXPECT(graphsOfALoop({{"PORTICO_MOCK_NO_GRAPHS", "1"}}) == 0);
}

TEST(a_recording_that_breaks_off_costs_nothing_but_the_graph) {
  // The second run of five launches is the one that is recorded.
  EXPECT(graphsOfALoop({{"PORTICO_MOCK_FAIL_LAUNCH", "8"}}) == 0);
}

TEST(graphs_can_be_switched_off) { EXPECT(graphsOfALoop({{"PORTICO_GRAPHS", "0"}}) == 0); }

TEST(a_launch_that_fails_names_its_device_and_op) {
  Remote remote(mockDevice({{"PORTICO_MOCK_FAIL_LAUNCH", "1"}}));
  remote.compile(kGather, forMock());
  portico_buffer *a = remote.send<float>({1, 2, 3, 4}), *i = remote.send<int64_t>({3, 1});
  portico_buffer *inputs[] = {a, i}, *output = nullptr;
  EXPECT_CODE(portico_program_run(remote.program, inputs, nullptr, &output, &remote.status),
              PORTICO_DEVICE_ERROR, remote.status);
  EXPECT(!output && remote.status.op >= 0 && remote.status.program == remote.program);
  EXPECT(remote.status.says("launch failed on mock:0: the launch was told to fail"));
  output = remote.run({a, i});
  EXPECT(remote.read(output, 0) == -4);
  for (portico_buffer *buffer : {a, i, output})
    portico_buffer_release(buffer);
  portico_program_release(remote.program);
}
