// Package v20170312 has the names that flannel's backend for one cloud asks of that cloud's library, which not every module
// proxy has. No test cluster is in that cloud: each call fails.
package v20170312

import "errors"

var errAbsent = errors.New("this flannel was built without Tencent Cloud")

// Filter chooses route tables.
type Filter struct {
	Name   *string
	Values []*string
}

// Route is a line of a route table.
type Route struct {
	RouteId              *uint64
	DestinationCidrBlock *string
	GatewayType          *string
	GatewayId            *string
	RouteType            *string
	Enabled              *bool
}

// RouteTable is a route table.
type RouteTable struct {
	RouteTableId *string
	RouteSet     []*Route
}

// DescribeRouteTablesRequest asks for route tables.
type DescribeRouteTablesRequest struct {
	Filters []*Filter
}

// DescribeRouteTablesResponse would have them.
type DescribeRouteTablesResponse struct {
	Response struct {
		RouteTableSet []*RouteTable
	}
}

// RoutesRequest changes a route table.
type RoutesRequest struct {
	RouteTableId *string
	Routes       []*Route
}

// NewDescribeRouteTablesRequest returns an empty request.
func NewDescribeRouteTablesRequest() *DescribeRouteTablesRequest {
	return &DescribeRouteTablesRequest{}
}

// NewCreateRoutesRequest returns an empty request.
func NewCreateRoutesRequest() *RoutesRequest { return &RoutesRequest{} }

// NewDeleteRoutesRequest returns an empty request.
func NewDeleteRoutesRequest() *RoutesRequest { return &RoutesRequest{} }

// Client reaches nothing.
type Client struct{}

// NewClientWithSecretId returns a client all of whose calls fail.
func NewClientWithSecretId(_, _, _ string) (*Client, error) { return &Client{}, nil }

// DescribeRouteTables fails.
func (*Client) DescribeRouteTables(*DescribeRouteTablesRequest) (*DescribeRouteTablesResponse, error) {
	return nil, errAbsent
}

// CreateRoutes fails.
func (*Client) CreateRoutes(*RoutesRequest) (*struct{}, error) { return nil, errAbsent }

// DeleteRoutes fails.
func (*Client) DeleteRoutes(*RoutesRequest) (*struct{}, error) { return nil, errAbsent }
